import { randomUUID } from 'node:crypto';
import { type ConnectionOptions, Worker } from 'bullmq';
import type { JobRecord } from '@worldfarm/core';
import type { Claim, JobStore, WorkerRegistry } from './api.ts';
import { admit, serves } from './admission.ts';
import { finalError, lostAttempt } from './attempts.ts';
import { openClaim } from './claim.ts';
import type { Connection } from './connection.ts';
import { expireJob } from './expire.ts';
import { pairs } from './fields.ts';
import type { LiveBus } from './live.ts';
import { type HeldJob, holdJob } from './lock.ts';
import { encodeFields, moveStatus } from './moves.ts';
import { parseQueueName } from './names.ts';
import { BAND } from './order.ts';
import { decodeRecord } from './record.ts';

export interface PullerOptions {
  readonly worker: string;
  /** a lock that is not renewed for this long is taken for a dead worker's */
  readonly lockMs: number;
  /** how often dead workers' jobs are looked for */
  readonly stalledMs: number;
}

export interface PullerDeps {
  readonly connection: Connection;
  readonly bus: LiveBus;
  readonly jobs: JobStore;
  readonly workers: WorkerRegistry;
  readonly onRelease: (claim: Claim) => void;
}

/** Pulls jobs of some queues and begins their attempts. */
export interface Puller {
  /**
   * The next job that is ours to begin, of the first of these queues that has one; undefined when there is none.
   * @throws FarmError dependency_unavailable
   */
  pull(queues: readonly string[]): Promise<Claim | undefined>;
  close(): Promise<void>;
}

/** A worker that must not take a job leaves it to others for this long. */
const LEAVE_TO_OTHERS_MS = 2_000;
/** BullMQ fails a job that stalled this often; our own attempt limit comes long before. */
const MAX_STALLED = 1_000_000;

/** A job that was pulled, its turn and its record; `begun`: its attempt has begun with the pull. */
interface Pulled {
  readonly begun: boolean;
  readonly priority: number;
  readonly record: JobRecord | undefined;
  readonly held: HeldJob;
}

export function openPuller(queues: readonly string[], options: PullerOptions, deps: PullerDeps): Puller {
  const { connection, bus, jobs } = deps;
  const { worker, lockMs, stalledMs } = options;
  /** They look for jobs whose worker is gone. */
  const bulls = new Map(queues.map((queue) => [queue, openBull(queue, connection, { lockMs, stalledMs })]));

  const others = async (queue: string) => {
    const all = await deps.workers.list();
    return all.filter((other) => other.id !== worker && serves(other, parseQueueName(queue)));
  };

  const ENDINGS: Record<
    'settle' | 'expire' | 'give-up' | 'leave',
    (held: HeldJob, record: JobRecord | undefined) => Promise<void>
  > = {
    settle: (held) => held.settle(),
    leave: (held) => held.putBack(LEAVE_TO_OTHERS_MS),
    async expire(held, record) {
      await expireJob(connection, record!.spec.id);
      await held.settle();
    },
    async 'give-up'(held, record) {
      const lost = lostAttempt(record!);
      const failures = [...record!.failures, lost];
      await moveStatus(connection, {
        id: record!.spec.id,
        to: 'failed',
        from: ['active'],
        fence: record!.fence,
        bumpFence: true,
        set: { failures, error: finalError(lost, failures), endedAt: Date.now() },
        unset: ['checkpoint'],
      });
      await held.settle();
    },
  };

  const beginning = () => ({
    worker,
    startedAt: Date.now(),
    progress: { value: 0, stage: 'inputs' } as const,
  });

  async function pullOne(names: readonly string[]): Promise<Pulled | undefined> {
    const token = randomUUID();
    const now = Date.now();
    const argument = {
      queues: names,
      token,
      worker,
      lockMs,
      now,
      band: BAND,
      set: encodeFields(beginning()),
    };
    const pulled = (await connection.run('pull', argument)) as PullReply | null;
    if (!pulled) return undefined;
    const [verdict, queue, id, priority, fields] = pulled;
    const held = holdJob({ id, queue, token }, bulls.get(queue)!, connection, lockMs);
    return { begun: verdict === 'begun', priority, record: decodeRecord(id, pairs(fields)), held };
  }

  /** Undefined: somebody else was faster, and the queue has been made to agree. */
  async function begin(before: JobRecord, { priority, held }: Pulled): Promise<Claim | undefined> {
    const { id } = before.spec;
    const set = {
      ...beginning(),
      ...(before.status === 'active' && { failures: [...before.failures, lostAttempt(before)] }),
    };
    const moved = await moveStatus(connection, {
      id,
      to: 'active',
      fence: before.fence,
      bumpFence: true,
      bumpAttempt: 1,
      set,
      served: turnOf(held.queue, priority),
    });
    const fence = before.fence + 1;
    if (moved.verdict !== 'ok' || moved.fence !== fence) return void (await held.settle());
    // Nobody else may write what we were told under this fence: it need not be read again.
    return claimOf({ ...before, ...set, status: 'active', attempt: before.attempt + 1, fence }, held);
  }

  const claimOf = (record: JobRecord, held: HeldJob): Claim =>
    openClaim(record, held, {
      connection,
      bus,
      lockMs,
      worker,
      onRelease: deps.onRelease,
      log: (level, message) =>
        jobs.log(record.spec.id, { at: Date.now(), level, message, attempt: record.attempt, worker }),
    });

  return {
    async pull(names) {
      while (true) {
        const pulled = await pullOne(names);
        if (!pulled) return undefined;
        const { begun, record, held } = pulled;
        if (begun) return claimOf(record!, held);
        const admission = await admit(record, worker, () => others(held.queue), Date.now());
        if (admission !== 'begin') {
          await ENDINGS[admission](held, record);
          continue;
        }
        const claim = await begin(record!, pulled);
        if (claim) return claim;
      }
    },
    close: async () => {
      await Promise.all([...bulls.values()].map((bull) => bull.close(true).catch(() => {})));
    },
  };
}

type PullReply = [verdict: 'begun' | 'held', queue: string, id: string, priority: number, record: string[]];

function openBull(
  queue: string,
  { redis, prefix }: Connection,
  { lockMs, stalledMs }: Pick<PullerOptions, 'lockMs' | 'stalledMs'>,
): Worker {
  const bull = new Worker(queue, null, {
    connection: redis as unknown as ConnectionOptions,
    prefix,
    autorun: false,
    lockDuration: lockMs,
    stalledInterval: stalledMs,
    maxStalledCount: MAX_STALLED,
    skipLockRenewal: true,
  });
  bull.on('error', () => {});
  void bull.startStalledCheckTimer().catch(() => {});
  return bull;
}

function turnOf(queue: string, priority: number) {
  const tag = Math.max(0, priority - 1) % BAND;
  return { queue, band: priority - tag, tag };
}
