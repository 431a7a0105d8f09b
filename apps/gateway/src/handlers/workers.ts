import { FarmError, parseAttemptKey } from '@worldfarm/core';
import type { WorkerInfo } from '@worldfarm/queue';
import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';

/** `GET /v1/workers`: those that were heard of lately. */
export async function listWorkers(_call: Call, gateway: Gateway): Promise<Reply> {
  const workers = await gateway.farm.workers.list();
  return json(200, {
    object: 'list',
    data: await Promise.all(workers.map((worker) => viewWorker(worker, gateway))),
  });
}

async function viewWorker(
  { startedAt, seenAt, jobsDone, jobsFailed, lastThumbnail, ...worker }: WorkerInfo,
  gateway: Gateway,
) {
  return {
    object: 'worker',
    ...worker,
    jobs_done: jobsDone,
    jobs_failed: jobsFailed,
    ...(lastThumbnail !== undefined && {
      last_thumbnail: lastThumbnail,
      last_thumbnail_url: await urlOf(lastThumbnail, gateway),
    }),
    started_at: new Date(startedAt).toISOString(),
    seen_at: new Date(seenAt).toISOString(),
  };
}

/** A link to storage, or to its job where storage has none. */
async function urlOf(thumbnail: string, { store, config }: Gateway): Promise<string | undefined> {
  const url = await store.presignGet(thumbnail, { expiresIn: config.presignSeconds });
  const attempt = parseAttemptKey(thumbnail);
  return url?.href ?? (attempt && `/v1/jobs/${attempt.id}/thumbnail`);
}

/** `POST /v1/workers/<id>/drain`: finish or hand back what it has, and stop. */
export async function drainWorker(call: Call, { farm }: Gateway): Promise<Reply> {
  const id = call.params.id!;
  if (await farm.workers.drain(id)) return json(202, { id, object: 'worker', draining: true });
  throw new FarmError('not_found', 'there is no such worker', { param: 'id' });
}
