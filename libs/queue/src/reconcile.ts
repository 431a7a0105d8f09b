import { randomUUID } from 'node:crypto';
import type { JobStore } from './api.ts';
import { type Connection, translate } from './connection.ts';
import { moveStatus } from './moves.ts';
import { queueName } from './names.ts';
import { bandStart } from './order.ts';
import type { Transport } from './transport.ts';

/** What one round of mending found. */
export interface Reconciled {
  /** records that had lost their queue job and got a new one */
  readonly requeued: number;
  /** queued jobs whose deadline had passed */
  readonly expired: number;
}

export interface Reconciler {
  /** One round, unless another process leads; then undefined. */
  round(): Promise<Reconciled | undefined>;
}

const PAGE = 500;
/** A record this young may still be on its way into its queue. */
const SETTLE_MS = 5_000;

/** Mends what a crash between two steps leaves behind. One leader at a time holds a Redis lock. */
export function openReconciler(
  connection: Connection,
  jobs: JobStore,
  transport: Transport,
  options: { leaseMs: number },
): Reconciler {
  const { redis, keys } = connection;
  const self = randomUUID();

  async function leads(): Promise<boolean> {
    const lock = keys.lock('reconciler');
    const taken = await translate(() => redis.set(lock, self, 'PX', options.leaseMs, 'NX'));
    if (taken) return true;
    if ((await translate(() => redis.get(lock))) !== self) return false;
    await translate(() => redis.pexpire(lock, options.leaseMs));
    return true;
  }

  async function expire(): Promise<number> {
    const overdue = await translate(() =>
      redis.zrangebyscore(`${connection.prefix}:deadlines`, 0, Date.now(), 'LIMIT', 0, PAGE),
    );
    let expired = 0;
    for (const id of overdue) {
      const moved = await moveStatus(connection, {
        id,
        to: 'expired',
        from: ['queued'],
        set: {
          endedAt: Date.now(),
          error: { type: 'job_expired', message: 'not started before its deadline' },
        },
      });
      if (moved.verdict !== 'ok') continue;
      const record = await jobs.get(id);
      if (record) await transport.remove(queueName(record.spec), id);
      expired++;
    }
    return expired;
  }

  async function requeue(): Promise<number> {
    let requeued = 0;
    for (const status of ['queued', 'active'] as const) {
      let cursor: string | undefined;
      do {
        const page = await jobs.list({ status }, { limit: PAGE, cursor });
        for (const { spec, attempt } of page.records) {
          if (Date.now() - spec.createdAt < SETTLE_MS) continue;
          const queue = queueName(spec);
          if (await transport.has(queue, spec.id)) continue;
          const now = await jobs.get(spec.id);
          if (now?.status !== status || now.attempt !== attempt) continue;
          await transport.add(queue, spec.id, bandStart(spec.priority));
          requeued++;
        }
        cursor = page.next;
      } while (cursor);
    }
    return requeued;
  }

  return {
    async round() {
      if (!(await leads())) return undefined;
      return { expired: await expire(), requeued: await requeue() };
    },
  };
}
