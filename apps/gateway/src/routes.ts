import { batchRoutes } from './handlers/batches/index.ts';
import { cancelJob } from './handlers/cancel-job.ts';
import { changePriority, changePrioritySchema } from './handlers/change-priority.ts';
import { createJob } from './handlers/create-job.ts';
import { deleteJob } from './handlers/delete-job.ts';
import { getJob } from './handlers/get-job.ts';
import { healthLive, healthReady } from './handlers/health.ts';
import { infer } from './handlers/infer.ts';
import { jobEvents } from './handlers/job-events.ts';
import { jobFile } from './handlers/job-file.ts';
import { jobLogs } from './handlers/job-logs.ts';
import { jobResult } from './handlers/job-result.ts';
import { license } from './handlers/license.ts';
import { listJobs } from './handlers/list-jobs.ts';
import { manifest } from './handlers/manifest.ts';
import { metadata } from './handlers/metadata.ts';
import { metrics } from './handlers/metrics.ts';
import { models } from './handlers/models.ts';
import { nvcfStatus } from './handlers/nvcf-status.ts';
import { openapi } from './handlers/openapi.ts';
import { getQueue, listQueues } from './handlers/queues.ts';
import { retryJob } from './handlers/retry-job.ts';
import { version } from './handlers/version.ts';
import { drainWorker, listWorkers } from './handlers/workers.ts';
import { webhookRoutes } from './handlers/webhooks/routes.ts';
import type { Route } from './http/route.ts';
import { createVideo } from './videos/create-video.ts';
import { listVideos } from './videos/list-videos.ts';
import { deleteVideo, getVideo, videoContent } from './videos/video.ts';

/** The same jobs in the form of OpenAI's Videos API. */
const videoRoutes: readonly Route[] = [
  { method: 'post', path: '/v1/videos', handler: createVideo, body: 'form', summary: 'Create a video' },
  { method: 'get', path: '/v1/videos', handler: listVideos, summary: 'List videos, newest first' },
  { method: 'get', path: '/v1/videos/:id', handler: getVideo, summary: 'One video' },
  { method: 'delete', path: '/v1/videos/:id', handler: deleteVideo, summary: 'Remove a video' },
  { method: 'get', path: '/v1/videos/:id/content', handler: videoContent, summary: 'The file' },
];

/** What a NIM answers; each profile answers it on a base path of its own, too. */
export const profileRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/infer',
    handler: infer,
    body: 'json',
    summary: 'Render a video and wait for it',
  },
  {
    method: 'get',
    path: '/v1/health/live',
    handler: healthLive,
    access: 'open',
    summary: 'Is the service up',
  },
  { method: 'get', path: '/v1/health/ready', handler: healthReady, access: 'open', summary: 'Can it render' },
  { method: 'get', path: '/v1/license', handler: license, access: 'open', summary: 'The licence' },
  { method: 'get', path: '/v1/metadata', handler: metadata, access: 'open', summary: 'What is served' },
  { method: 'get', path: '/v1/manifest', handler: manifest, access: 'open', summary: 'The profiles as YAML' },
  {
    method: 'get',
    path: '/v1/version',
    handler: version,
    access: 'open',
    summary: 'Release and API version',
  },
  { method: 'get', path: '/v1/models', handler: models, access: 'open', summary: 'Profiles as models' },
  { method: 'get', path: '/v1/metrics', handler: metrics, access: 'open', summary: 'Prometheus metrics' },
  { method: 'get', path: '/openapi.json', handler: openapi, access: 'open' },
  { method: 'post', path: '/v1/jobs', handler: createJob, body: 'json', summary: 'Submit a job' },
  { method: 'get', path: '/v1/jobs', handler: listJobs, summary: 'List jobs, newest first' },
  { method: 'get', path: '/v1/jobs/:id', handler: getJob, summary: 'One job' },
  { method: 'delete', path: '/v1/jobs/:id', handler: deleteJob, summary: 'Remove a job and its outputs' },
  {
    method: 'get',
    path: '/v1/jobs/:id/events',
    handler: jobEvents,
    summary: 'Follow a job (server-sent events)',
  },
  { method: 'post', path: '/v1/jobs/:id/cancel', handler: cancelJob, summary: 'Stop a job' },
  {
    method: 'post',
    path: '/v1/jobs/:id/priority',
    handler: changePriority,
    body: 'json',
    schema: { name: 'ChangePriority', zod: changePrioritySchema },
    summary: 'Move a queued job in the line',
  },
  { method: 'post', path: '/v1/jobs/:id/retry', handler: retryJob, summary: 'Queue an ended job again' },
  {
    method: 'get',
    path: '/v1/jobs/:id/result',
    handler: jobResult,
    summary: 'What /v1/infer would have answered',
  },
  { method: 'get', path: '/v1/jobs/:id/video', handler: jobFile('video'), summary: 'The video file' },
  { method: 'get', path: '/v1/jobs/:id/image', handler: jobFile('image'), summary: 'The image file' },
  {
    method: 'get',
    path: '/v1/jobs/:id/thumbnail',
    handler: jobFile('thumbnail'),
    summary: 'A middle frame as JPEG',
  },
  { method: 'get', path: '/v1/jobs/:id/metadata', handler: jobFile('metadata'), summary: 'How it was made' },
  { method: 'get', path: '/v1/jobs/:id/logs', handler: jobLogs, summary: 'What workers wrote about a job' },
  ...videoRoutes,
  ...batchRoutes,
];

/** The table of contents. */
export const routes: readonly Route[] = [
  ...profileRoutes,
  ...webhookRoutes,
  {
    method: 'post',
    path: '/v1/cosmos/nvidia/:profile',
    handler: infer,
    body: 'json',
    summary: 'Render with a named profile, in the hosted form',
  },
  {
    method: 'get',
    path: '/v2/nvcf/pexec/status/:id',
    handler: nvcfStatus,
    summary: 'Ask for a job in the hosted form',
  },
  { method: 'get', path: '/v1/workers', handler: listWorkers, access: 'admin', summary: 'The workers' },
  {
    method: 'post',
    path: '/v1/workers/:id/drain',
    handler: drainWorker,
    access: 'admin',
    summary: 'Stop a worker gently',
  },
  { method: 'get', path: '/v1/queues', handler: listQueues, summary: 'Depth of every queue' },
  { method: 'get', path: '/v1/queues/:profile', handler: getQueue, summary: 'Backlog of one profile' },
];
