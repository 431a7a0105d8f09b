import { randomUUID } from 'node:crypto';
import { type ConnectionOptions, type Job, Worker } from 'bullmq';
import type { JobRecord } from '@worldfarm/core';
import type { Claim, JobStore, WorkerRegistry } from './api.ts';
import { admit, serves } from './admission.ts';
import { finalError, lostAttempt } from './attempts.ts';
import { openClaim } from './claim.ts';
import { type Connection, translate } from './connection.ts';
import { expireJob } from './expire.ts';
import type { LiveBus } from './live.ts';
import { type HeldJob, holdJob } from './lock.ts';
import { moveStatus } from './moves.ts';
import { parseQueueName } from './names.ts';
import { BAND } from './order.ts';

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

/** Pulls jobs of one queue and begins their attempts. */
export interface Puller {
  /** The next job that is ours to begin; undefined when there is none. */
  pull(): Promise<Claim | undefined>;
  close(): Promise<void>;
}

/** A worker that must not take a job leaves it to others for this long. */
const LEAVE_TO_OTHERS_MS = 2_000;
/** BullMQ fails a job that stalled this often; our own attempt limit comes long before. */
const MAX_STALLED = 1_000_000;

export function openPuller(queue: string, options: PullerOptions, deps: PullerDeps): Puller {
  const { connection, bus, jobs } = deps;
  const worker = new Worker(queue, null, {
    connection: connection.redis as unknown as ConnectionOptions,
    prefix: connection.prefix,
    autorun: false,
    lockDuration: options.lockMs,
    stalledInterval: options.stalledMs,
    maxStalledCount: MAX_STALLED,
    skipLockRenewal: true,
  });
  worker.on('error', () => {});
  void worker.startStalledCheckTimer().catch(() => {});

  const others = async () => {
    const all = await deps.workers.list();
    return all.filter((other) => other.id !== options.worker && serves(other, parseQueueName(queue)));
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

  /** Undefined: somebody else was faster, and the queue has been made to agree. */
  async function begin(before: JobRecord, job: Job, held: HeldJob): Promise<Claim | undefined> {
    const { id } = before.spec;
    const set = {
      worker: options.worker,
      startedAt: Date.now(),
      progress: { value: 0, stage: 'inputs' } as const,
      ...(before.status === 'active' && { failures: [...before.failures, lostAttempt(before)] }),
    };
    const moved = await moveStatus(connection, {
      id,
      to: 'active',
      fence: before.fence,
      bumpFence: true,
      bumpAttempt: 1,
      set,
      served: turnOf(job),
    });
    const fence = before.fence + 1;
    if (moved.verdict !== 'ok' || moved.fence !== fence) return void (await held.settle());
    // Nobody else may write what we were told under this fence: it need not be read again.
    const record: JobRecord = { ...before, ...set, status: 'active', attempt: before.attempt + 1, fence };
    return openClaim(record, held, {
      connection,
      bus,
      lockMs: options.lockMs,
      worker: options.worker,
      onRelease: deps.onRelease,
      log: (level, message) =>
        jobs.log(id, { at: Date.now(), level, message, attempt: record.attempt, worker: options.worker }),
    });
  }

  return {
    async pull() {
      while (true) {
        const token = randomUUID();
        const job = await translate(() => worker.getNextJob(token, { block: false }));
        if (!job) return undefined;
        const held = holdJob(job, token, connection, options.lockMs);
        const record = await jobs.get(job.id!);
        const admission = await admit(record, options.worker, others, Date.now());
        if (admission !== 'begin') {
          await ENDINGS[admission](held, record);
          continue;
        }
        const claim = await begin(record!, job, held);
        if (claim) return claim;
      }
    },
    close: () => worker.close(true).catch(() => {}),
  };
}

function turnOf(job: Job) {
  const priority = job.opts.priority ?? 1;
  const tag = (priority - 1) % BAND;
  return { queue: job.queueName, band: priority - tag, tag };
}
