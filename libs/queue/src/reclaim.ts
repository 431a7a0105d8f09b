import type { JobRecord } from '@worldfarm/core';
import type { JobStore } from './api.ts';
import { type Connection, translate } from './connection.ts';
import { queueName } from './names.ts';

const PAGE = 500;

/** Ids of the records of one status, oldest first, a page at a time. */
export async function* idsByStatus(
  { redis, keys }: Connection,
  status: 'queued' | 'active',
): AsyncGenerator<string[]> {
  let after = '-';
  while (true) {
    const index = keys.index(`status:${status}`);
    const ids = await translate(() => redis.zrangebylex(index, after, '+', 'LIMIT', 0, PAGE));
    yield ids;
    if (ids.length < PAGE) return;
    after = `(${ids.at(-1)}`;
  }
}

/** Takes active jobs from workers that are gone, without waiting for their locks to run out. */
export async function reclaimFrom(
  connection: Connection,
  jobs: Pick<JobStore, 'getMany'>,
  isGone: (record: JobRecord) => boolean,
): Promise<number> {
  let reclaimed = 0;
  for await (const ids of idsByStatus(connection, 'active')) {
    for (const { spec, worker, fence } of (await jobs.getMany(ids)).filter(isGone)) {
      const queue = queueName(spec);
      if ((await connection.run('reclaim', { id: spec.id, queue, worker, fence })) !== 1) continue;
      await translate(() => connection.redis.publish(connection.keys.wake, queue));
      reclaimed++;
    }
  }
  return reclaimed;
}
