import { type Priority, prioritySchema } from '@worldfarm/core';
import type { QueueNumbers } from './api.ts';
import { type Connection, execAll, translate } from './connection.ts';
import { type QueueId, queueName } from './names.ts';
import { BAND, bandStart, priorityOf } from './order.ts';

type Count = QueueNumbers['jobs'][number];
type State = Count['state'];

/** BullMQ's score of a prioritised job is its priority times this, plus a counter. */
const SCORE = 2 ** 32;
/** Jobs looked at to find the oldest of every queue: those beyond are younger than all of these. */
const OLDEST_SCAN = 2_000;
/** Jobs on the move: never more than there are workers and retries. */
const SMALL_LISTS: Readonly<Record<'wait' | 'delayed' | 'active', State>> = {
  wait: 'waiting',
  delayed: 'delayed',
  active: 'active',
};

/** Counts every queue by priority and state, and how long its oldest job has been waiting. */
export async function measureQueues(
  connection: Connection,
  known: readonly QueueId[],
): Promise<QueueNumbers> {
  const jobs = (await Promise.all(known.map((queue) => countQueue(connection, queue)))).flat();
  return { jobs, oldest: await oldestWaiting(connection, known) };
}

async function countQueue({ redis, prefix, keys }: Connection, queue: QueueId): Promise<Count[]> {
  const key = (part: string) => `${prefix}:${queueName(queue)}:${part}`;
  const counts = new Map<string, number>();
  const add = (priority: Priority, state: State, count: number) => {
    const name = `${priority} ${state}`;
    counts.set(name, (counts.get(name) ?? 0) + count);
  };
  await translate(async () => {
    for (const priority of prioritySchema.options) {
      const from = bandStart(priority);
      const [low, high] = [from * SCORE, (from + BAND) * SCORE];
      add(priority, 'waiting', await redis.zcount(key('prioritized'), low, `(${high}`));
    }
    for (const [list, state] of Object.entries(SMALL_LISTS)) {
      const ids =
        list === 'delayed' ? await redis.zrange(key(list), 0, '-1') : await redis.lrange(key(list), 0, -1);
      if (ids.length === 0) continue;
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.hget(keys.job(id), 'order');
      for (const turn of await execAll(pipeline)) {
        if (turn) add(priorityOf(Number(turn)), state, 1);
      }
    }
  });
  return [...counts].map(([name, count]) => {
    const [priority, state] = name.split(' ') as [Priority, State];
    return { ...queue, priority, state, count };
  });
}

async function oldestWaiting(
  { redis, keys }: Connection,
  known: readonly QueueId[],
): Promise<QueueNumbers['oldest']> {
  return translate(async () => {
    const ids = await redis.zrangebylex(keys.index('status:queued'), '-', '+', 'LIMIT', 0, OLDEST_SCAN);
    const pipeline = redis.pipeline();
    for (const id of ids) pipeline.hmget(keys.job(id), 'queue', 'queuedAt');
    const since = new Map<string, number>();
    for (const fields of await execAll(pipeline)) {
      const [queue, at] = fields as [string | null, string | null];
      if (queue && at) since.set(queue, Math.min(since.get(queue) ?? Number.POSITIVE_INFINITY, Number(at)));
    }
    const now = Date.now();
    return known.map((queue) => {
      const at = since.get(queueName(queue)) ?? now;
      return { ...queue, seconds: Math.max(0, now - at) / 1000 };
    });
  });
}
