import { randomUUID } from 'node:crypto';
import type { JobRecord } from '@worldfarm/core';
import type { JobStore, WorkerRegistry } from './api.ts';
import { type Connection, translate } from './connection.ts';
import { expireJob } from './expire.ts';
import { queueName } from './names.ts';
import { bandStart } from './order.ts';
import { idsByStatus, reclaimFrom } from './reclaim.ts';
import { TRANSPORT_LISTS, type Transport } from './transport.ts';

/** What one round of mending found, by kind. */
export interface Reconciled {
  /** records that had lost their queue job and got a new one */
  readonly requeued: number;
  /** queue jobs whose record had ended or was gone */
  readonly strays: number;
  /** jobs taken from workers that are no longer heard of, before their lock ran out */
  readonly reclaimed: number;
  /** queued jobs whose deadline had passed */
  readonly expired: number;
}

export interface Reconciler {
  /** One round, unless another process leads; then undefined. */
  round(): Promise<Reconciled | undefined>;
}

export interface ReconcilerOptions {
  /** a leader that is silent for this long is replaced */
  readonly leaseMs: number;
  /** a record this young may still be on its way into its queue */
  readonly settleMs?: number;
  /** a worker that is not listed and began its job longer ago than this is gone */
  readonly silentMs?: number;
}

const PAGE = 500;
const SETTLE_MS = 5_000;
const SILENT_MS = 10_000;

/** Mends what a crash between two steps leaves behind. One leader at a time holds a Redis lock. */
export function openReconciler(
  connection: Connection,
  jobs: JobStore,
  workers: WorkerRegistry,
  transport: Transport,
  { leaseMs, settleMs = SETTLE_MS, silentMs = SILENT_MS }: ReconcilerOptions,
): Reconciler {
  const { redis, keys } = connection;
  const self = randomUUID();

  async function expire(): Promise<number> {
    let expired = 0;
    while (true) {
      const overdue = await translate(() =>
        redis.zrangebyscore(keys.deadlines, 0, Date.now(), 'LIMIT', 0, PAGE),
      );
      for (const id of overdue) {
        const moved = await expireJob(connection, id);
        // Whatever it is, it needs no deadline any more.
        await translate(() => redis.zrem(keys.deadlines, id));
        if (moved.verdict !== 'ok') continue;
        const record = await jobs.get(id);
        if (record) await transport.remove(queueName(record.spec), id);
        expired++;
      }
      if (overdue.length < PAGE) return expired;
    }
  }

  /** The odd ones among ids of one side of the farm. */
  async function census(side: 'records' | 'jobs', ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const odd = await connection.run('census', { side, ids, settled: Date.now() - settleMs });
    return odd as string[];
  }

  async function requeue(): Promise<number> {
    let requeued = 0;
    for (const status of ['active', 'queued'] as const) {
      for await (const ids of idsByStatus(connection, status)) {
        for (const { spec } of await jobs.getMany(await census('records', ids))) {
          await transport.add(queueName(spec), spec.id, bandStart(spec.priority));
          requeued++;
        }
      }
    }
    return requeued;
  }

  async function removeStrays(): Promise<number> {
    let strays = 0;
    for (const queue of (await transport.known()).map(queueName)) {
      for (const list of TRANSPORT_LISTS) {
        for (let start = 0; ; start += PAGE) {
          const ids = await transport.page(queue, list, start, PAGE);
          for (const id of await census('jobs', ids)) if (await transport.remove(queue, id)) strays++;
          if (ids.length < PAGE) break;
        }
      }
    }
    return strays;
  }

  async function reclaim(): Promise<number> {
    const listed = new Set((await workers.list()).map(({ id }) => id));
    const isGone = ({ worker, startedAt = 0 }: JobRecord) =>
      worker !== undefined && !listed.has(worker) && Date.now() - startedAt >= silentMs;
    return reclaimFrom(connection, jobs, isGone);
  }

  return {
    async round() {
      if ((await connection.run('lead', { name: 'reconciler', self, leaseMs })) !== 1) return undefined;
      return {
        expired: await expire(),
        reclaimed: await reclaim(),
        requeued: await requeue(),
        strays: await removeStrays(),
      };
    },
  };
}
