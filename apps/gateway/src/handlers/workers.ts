import { FarmError } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';

/** `GET /v1/workers`: those that were heard of lately. */
export async function listWorkers(_call: Call, { farm }: Gateway): Promise<Reply> {
  const workers = await farm.workers.list();
  return json(200, {
    object: 'list',
    data: workers.map(({ startedAt, seenAt, jobsDone, jobsFailed, lastThumbnail, ...worker }) => ({
      object: 'worker',
      ...worker,
      jobs_done: jobsDone,
      jobs_failed: jobsFailed,
      last_thumbnail: lastThumbnail,
      started_at: new Date(startedAt).toISOString(),
      seen_at: new Date(seenAt).toISOString(),
    })),
  });
}

/** `POST /v1/workers/<id>/drain`: finish or hand back what it has, and stop. */
export async function drainWorker(call: Call, { farm }: Gateway): Promise<Reply> {
  const id = call.params.id!;
  if (await farm.workers.drain(id)) return json(202, { id, object: 'worker', draining: true });
  throw new FarmError('not_found', 'there is no such worker', { param: 'id' });
}
