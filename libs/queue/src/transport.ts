import { type ConnectionOptions, Queue } from 'bullmq';
import { type Connection, translate } from './connection.ts';
import { parseQueueName, type QueueId } from './names.ts';

/**
 * The BullMQ side of the queues. Status belongs to our record; BullMQ's job carries only the id and its turn,
 * and is removed as soon as it ends.
 */
export interface Transport {
  add(queue: string, id: string, priority: number): Promise<void>;
  /** false when it was not there, or a worker holds it */
  remove(queue: string, id: string): Promise<boolean>;
  has(queue: string, id: string): Promise<boolean>;
  changePriority(queue: string, id: string, priority: number): Promise<void>;
  /** ids of the jobs that would be pulled next */
  peek(queue: string, count: number): Promise<string[]>;
  rank(queue: string, id: string): Promise<number | undefined>;
  /** ids in one of BullMQ's lists, a page at a time */
  page(queue: string, list: TransportList, start: number, count: number): Promise<string[]>;
  counts(queue: string): Promise<Record<'waiting' | 'prioritized' | 'delayed' | 'active', number>>;
  known(): Promise<readonly QueueId[]>;
  close(): Promise<void>;
}

export const TRANSPORT_LISTS = ['prioritized', 'delayed', 'wait', 'active'] as const;
export type TransportList = (typeof TRANSPORT_LISTS)[number];

/** Nobody reads BullMQ's own event stream: ours tells more. */
export const MAX_TRANSPORT_EVENTS = 100;

export function openTransport(connection: Connection): Transport {
  const queues = new Map<string, Queue>();
  const open = (name: string) => {
    let queue = queues.get(name);
    if (!queue) {
      queue = new Queue(name, {
        connection: connection.redis as unknown as ConnectionOptions,
        prefix: connection.prefix,
        skipVersionCheck: true,
        streams: { events: { maxLen: MAX_TRANSPORT_EVENTS } },
      });
      queue.on('error', () => {});
      queues.set(name, queue);
    }
    return queue;
  };
  const key = (queue: string, part: string) => `${connection.prefix}:${queue}:${part}`;

  return {
    add: async (queue, id, priority) => {
      await connection.run('enqueue', { queue, id, priority, now: Date.now() });
    },
    remove: (queue, id) => translate(async () => (await open(queue).remove(id)) === 1),
    has: (queue, id) => translate(async () => (await connection.redis.exists(key(queue, id))) === 1),
    changePriority: (queue, id, priority) =>
      translate(async () => {
        const job = await open(queue).getJob(id);
        await job?.changePriority({ priority });
      }),
    peek: (queue, count) =>
      translate(() => connection.redis.zrange(key(queue, 'prioritized'), 0, String(count - 1))),
    rank: (queue, id) =>
      translate(async () => (await connection.redis.zrank(key(queue, 'prioritized'), id)) ?? undefined),
    page: (queue, list, start, count) =>
      translate(() => {
        const { redis } = connection;
        const end = start + count - 1;
        const sorted = list === 'prioritized' || list === 'delayed';
        return sorted
          ? redis.zrange(key(queue, list), start, String(end))
          : redis.lrange(key(queue, list), start, end);
      }),
    counts: (queue) =>
      translate(async () => {
        const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = await open(queue).getJobCounts();
        return { waiting, prioritized, delayed, active };
      }),
    known: () =>
      translate(async () =>
        (await connection.redis.smembers(connection.keys.queues)).sort().map(parseQueueName),
      ),
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}
