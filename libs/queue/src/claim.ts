import type { JobError, JobRecord } from '@worldfarm/core';
import type { Job } from 'bullmq';
import type { Claim } from './api.ts';
import { allReasons, isExhausted, retryDelay } from './attempts.ts';
import { type Connection, translate } from './connection.ts';
import type { LiveBus, StopOrder } from './live.ts';
import { moveStatus } from './moves.ts';

/** Why a claim ended before its work did. Nothing of it may be published. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
  readonly reason: 'canceled' | 'taken' | 'lock';

  constructor(reason: ClaimLost['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface ClaimDeps {
  readonly connection: Connection;
  readonly bus: LiveBus;
  readonly log: Claim['log'];
  readonly lockMs: number;
  readonly worker: string;
  /** called once the claim needs no more attention */
  readonly onRelease: (claim: Claim) => void;
}

/** Wraps a pulled BullMQ job whose record was moved to active under `record.fence`. */
export function openClaim(record: JobRecord, job: Job, token: string, deps: ClaimDeps): Claim {
  const { connection, bus, lockMs, worker } = deps;
  const { id } = record.spec;
  const lost = new AbortController();
  const lose = (reason: ClaimLost['reason'], message: string) => lost.abort(new ClaimLost(reason, message));

  const offControl = bus.on('control', (message) => {
    const order = JSON.parse(message) as StopOrder;
    if (order.type === 'stop' && order.job === id) lose('canceled', 'the job was canceled');
  });
  // A renewal that fails because Redis is away is no loss by itself: the fence decides when it is back.
  const renewal = setInterval(() => {
    job.extendLock(token, lockMs).then(
      () => {},
      (error: unknown) => {
        if (/lock/i.test(String(error))) lose('lock', 'the lock on the job was lost');
      },
    );
  }, lockMs / 3);

  const release = () => {
    clearInterval(renewal);
    offControl();
    deps.onRelease(claim);
  };

  const touch = async (kind: 'progress' | 'log', set: Record<string, string>): Promise<boolean> => {
    const current = await connection.run('touch', { id, fence: record.fence, set, kind });
    if (current !== 1) lose('taken', 'the job was given to another worker or ended');
    return current === 1;
  };

  /** BullMQ's job ends with ours; when this fails the next puller finds the record ended and removes it. */
  const endTransport = () => job.moveToCompleted('', token, false).catch(() => {});

  const claim: Claim = {
    record,
    signal: lost.signal,
    release,
    log: deps.log,

    progress: async (progress) => {
      await touch('progress', { progress: JSON.stringify(progress) });
    },

    checkpoint: (key) => touch('progress', { checkpoint: key }),

    async succeed({ output, metrics, upsampledPrompt }) {
      const moved = await moveStatus(connection, {
        id,
        to: 'succeeded',
        from: ['active'],
        fence: record.fence,
        set: {
          output,
          metrics,
          endedAt: Date.now(),
          progress: { value: 1, stage: 'done' },
          ...(upsampledPrompt !== undefined && { upsampledPrompt }),
        },
        unset: ['checkpoint', 'error'],
      });
      release();
      // A command that was sent twice over a reconnection finds its own first success.
      const published =
        moved.verdict === 'ok' || (moved.verdict === 'illegal' && moved.status === 'succeeded');
      if (published) await endTransport();
      return published;
    },

    async fail(error, { retry, countAttempt, delayMs }) {
      const failure = { ...error, attempt: record.attempt, worker, at: Date.now() };
      const failures = countAttempt ? [...record.failures, failure] : record.failures;
      const again = retry && !(countAttempt && isExhausted(record.attempt, failures));
      const moved = await moveStatus(connection, {
        id,
        from: ['active'],
        fence: record.fence,
        ...(again
          ? {
              to: 'queued' as const,
              bumpAttempt: countAttempt ? (0 as const) : (-1 as const),
              set: { failures, progress: { value: 0, stage: 'queued' } },
              unset: ['worker'],
            }
          : {
              to: 'failed' as const,
              set: { failures, error: finalError(error, failures), endedAt: Date.now() },
            }),
      });
      release();
      if (moved.verdict !== 'ok') return 'stale';
      if (!again) await endTransport();
      else await putBack(delayMs ?? retryDelay(failures.length));
      return again ? 'queued' : 'failed';
    },

    async handBack(reason) {
      const moved = await moveStatus(connection, {
        id,
        to: 'queued',
        from: ['active'],
        fence: record.fence,
        bumpAttempt: -1,
        set: { progress: { value: 0, stage: 'queued' } },
        unset: ['worker'],
      });
      release();
      if (moved.verdict !== 'ok') return;
      await deps.log('info', `handed back: ${reason}`);
      await putBack(0);
    },
  };
  return claim;

  async function putBack(delayMs: number): Promise<void> {
    await translate(async () => {
      if (delayMs > 0) await job.moveToDelayed(Date.now() + delayMs, token);
      else await job.moveToWait(token);
      await connection.redis.publish(connection.keys.wake, job.queueName);
    });
  }
}

function finalError(error: JobError, failures: JobRecord['failures']): JobError {
  return failures.length > 1 ? { type: error.type, message: allReasons(failures) } : error;
}
