import { FarmError, type JobRecord, type JobSpec, type JobStatus, type Progress } from '@worldfarm/core';
import { parseQueueName } from './names.ts';
import { priorityOf } from './order.ts';

const QUEUED: Progress = { value: 0, stage: 'queued' };

/** A spec without what its record says elsewhere: in the key, in fields of its own, in the plan. */
export function encodeSpec(spec: JobSpec): string {
  const { id, owner, batch, profile, tier, priority, family, mode, ...rest } = spec;
  const { plan } = rest;
  // Absent from JSON when undefined.
  return JSON.stringify({
    ...rest,
    family: family === plan.family ? undefined : family,
    mode: mode === plan.mode ? undefined : mode,
  });
}

/** Reads a record from its Redis hash; undefined for an empty hash. */
export function decodeRecord(id: string, hash: Record<string, string>): JobRecord | undefined {
  if (!hash.spec) return undefined;
  const rest = JSON.parse(hash.spec) as Omit<JobSpec, 'family' | 'mode'> & Partial<JobSpec>;
  const { family, mode } = rest.plan;
  return {
    spec: {
      family,
      mode,
      ...rest,
      id,
      ...parseQueueName(hash.queue!),
      owner: hash.owner!,
      priority: priorityOf(Number(hash.order)),
      ...(hash.batch !== undefined && { batch: hash.batch }),
      ...(hash.deadlineAt !== undefined && { deadlineAt: Number(hash.deadlineAt) }),
      ...(hash.upsampledPrompt !== undefined && { upsampledPrompt: hash.upsampledPrompt }),
    },
    status: hash.status as JobStatus,
    attempt: Number(hash.attempt ?? 0),
    fence: Number(hash.fence ?? 0),
    worker: hash.worker,
    queuedAt: optionalNumber(hash.queuedAt),
    startedAt: optionalNumber(hash.startedAt),
    endedAt: optionalNumber(hash.endedAt),
    progress: parse(hash.progress, QUEUED),
    output: parse(hash.output, undefined),
    error: parse(hash.error, undefined),
    failures: parse(hash.failures, []),
    metrics: parse(hash.metrics, {}),
    cancelRequested: hash.status === 'canceled',
    checkpoint: hash.checkpoint,
  };
}

function optionalNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function parse<T>(text: string | undefined, fallback: T): T {
  return text === undefined ? fallback : (JSON.parse(text) as T);
}

/** The indexes a job is listed under, its status apart. */
export function indexesOf(spec: JobSpec): string[] {
  return [
    'all',
    `owner:${spec.owner}`,
    `profile:${spec.profile}`,
    ...(spec.batch ? [`batch:${spec.batch}`] : []),
    ...Object.entries(spec.tags).map(([name, value]) => `tag:${name}=${value}`),
  ];
}

export function jobNotFound(id: string): FarmError {
  return new FarmError('job_not_found', `there is no job ${id}`, { jobId: id });
}
