import { randomUUID } from 'node:crypto';
import { type ConnectionOptions, type Job, Worker } from 'bullmq';
import type { Claim, JobStore, WorkerRegistry } from './api.ts';
import { isExcluded } from './attempts.ts';
import { openClaim } from './claim.ts';
import { type Connection, translate } from './connection.ts';
import type { LiveBus } from './live.ts';
import { moveStatus } from './moves.ts';
import { parseQueueName, queueName } from './names.ts';
import { BAND } from './order.ts';
import { rotation, type WeightedQueue } from './rotation.ts';

export interface LaneOptions {
  readonly worker: string;
  readonly queues: readonly WeightedQueue[];
  /** a lock that is not renewed for this long is taken for a dead worker's */
  readonly lockMs: number;
  /** how often dead workers' jobs are looked for */
  readonly stalledMs: number;
}

/** The pulling side of one lane. */
export interface Lane {
  /** Waits for the next job and claims it. @throws the signal's reason when aborted */
  next(signal: AbortSignal): Promise<Claim>;
  /** Ids of the jobs likely to come next, claimed by nobody: their inputs may be fetched ahead. */
  peek(count: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface LaneDeps {
  readonly connection: Connection;
  readonly bus: LiveBus;
  readonly jobs: JobStore;
  readonly workers: WorkerRegistry;
  readonly peekQueue: (queue: string, count: number) => Promise<string[]>;
}

/** Without a wake-up call the queues are looked at this often. */
const POLL_MS = 1_000;
/** A worker that must not take a job leaves it to others for this long. */
const LEAVE_TO_OTHERS_MS = 2_000;
/** BullMQ fails a job that stalled this often; our own attempt limit comes long before. */
const MAX_STALLED = 1_000_000;

export function openLane(options: LaneOptions, deps: LaneDeps): Lane {
  const { connection, bus, jobs } = deps;
  const order = rotation(options.queues);
  const held = new Set<Claim>();
  const pullers = new Map(options.queues.map((queue) => [queueName(queue), openPuller(queueName(queue))]));

  function openPuller(name: string): Worker {
    const puller = new Worker(name, null, {
      connection: connection.redis as unknown as ConnectionOptions,
      prefix: connection.prefix,
      autorun: false,
      lockDuration: options.lockMs,
      stalledInterval: options.stalledMs,
      maxStalledCount: MAX_STALLED,
      skipLockRenewal: true,
    });
    puller.on('error', () => {});
    void puller.startStalledCheckTimer().catch(() => {});
    return puller;
  }

  async function tryQueue(name: string): Promise<Claim | undefined> {
    const puller = pullers.get(name)!;
    while (true) {
      const token = randomUUID();
      const job = await translate(() => puller.getNextJob(token, { block: false }));
      if (!job) return undefined;
      const claim = await claimJob(job, token);
      if (claim) return claim;
    }
  }

  /** Undefined: the job was not for us, and its transport has been dealt with. */
  async function claimJob(job: Job, token: string): Promise<Claim | undefined> {
    const id = job.id!;
    const before = await jobs.get(id);
    const drop = () => job.moveToCompleted('', token, false).catch(() => {});
    if (!before) return void (await drop());
    if (
      before.status === 'queued' &&
      before.spec.deadlineAt !== undefined &&
      before.spec.deadlineAt < Date.now()
    ) {
      await moveStatus(connection, { id, to: 'expired', from: ['queued'], set: { endedAt: Date.now() } });
      return void (await drop());
    }
    if (isExcluded(before, options.worker) && (await othersServe(job.queueName))) {
      return void (await job.moveToDelayed(Date.now() + LEAVE_TO_OTHERS_MS, token).catch(() => {}));
    }
    const lostAttempt = before.status === 'active' && {
      type: 'lost_worker' as const,
      message: 'the worker went silent',
      attempt: before.attempt,
      worker: before.worker ?? 'unknown',
      at: Date.now(),
    };
    const moved = await moveStatus(connection, {
      id,
      to: 'active',
      bumpFence: true,
      bumpAttempt: 1,
      set: {
        worker: options.worker,
        startedAt: Date.now(),
        progress: { value: 0, stage: 'inputs' },
        ...(lostAttempt && { failures: [...before.failures, lostAttempt] }),
      },
      served: turnOf(job),
    });
    if (moved.verdict !== 'ok') return void (await drop());
    const record = (await jobs.get(id))!;
    const claim = openClaim(record, job, token, {
      connection,
      bus,
      lockMs: options.lockMs,
      worker: options.worker,
      onRelease: (released) => held.delete(released),
      log: (level, message) =>
        jobs.log(id, { at: Date.now(), level, message, attempt: record.attempt, worker: options.worker }),
    });
    held.add(claim);
    return claim;
  }

  async function othersServe(queue: string): Promise<boolean> {
    const { profile, tier } = parseQueueName(queue);
    const workers = await deps.workers.list();
    return workers.some(
      (other) =>
        other.id !== options.worker &&
        (other.status === 'ready' || other.status === 'busy') &&
        other.profiles.includes(profile) &&
        other.tiers.includes(tier),
    );
  }

  /** Waits for a wake-up call of one of our queues, or for the poll interval. */
  function idle(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        off();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, POLL_MS);
      const off = bus.on('wake', (queue) => pullers.has(queue) && done());
      signal.addEventListener('abort', done);
    });
  }

  return {
    async next(signal) {
      await bus.ready();
      while (true) {
        signal.throwIfAborted();
        // Listening starts before looking, so that a job that comes in between is not slept over.
        const waitOver = new AbortController();
        const woken = idle(AbortSignal.any([signal, waitOver.signal]));
        try {
          for (const queue of order()) {
            const claim = await tryQueue(queueName(queue)).catch(ignoreOutage);
            if (claim) return claim;
          }
          await woken;
        } finally {
          waitOver.abort();
        }
      }
    },
    async peek(count) {
      const names = [...pullers.keys()];
      const found = await Promise.all(names.map((name) => deps.peekQueue(name, count).catch(() => [])));
      return found.flat().slice(0, count);
    },
    async close() {
      for (const claim of held) claim.release();
      await Promise.all([...pullers.values()].map((puller) => puller.close(true).catch(() => {})));
    },
  };
}

/** While Redis is away a lane just waits; anything else is a defect and must be seen. */
function ignoreOutage(error: unknown): undefined {
  if ((error as { type?: string }).type === 'dependency_unavailable') return undefined;
  throw error;
}

function turnOf(job: Job) {
  const priority = job.opts.priority ?? 1;
  const tag = (priority - 1) % BAND;
  return { queue: job.queueName, band: priority - tag, tag };
}
