import type { JobError, JobRecord } from '@worldfarm/core';
import type { Claim } from './api.ts';
import { finalError, isExhausted, retryDelay } from './attempts.ts';
import type { Connection } from './connection.ts';
import type { LiveBus, StopOrder } from './live.ts';
import type { HeldJob } from './lock.ts';
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

/** Wraps a pulled job whose record was moved to active under `record.fence`. */
export function openClaim(record: JobRecord, held: HeldJob, deps: ClaimDeps): Claim {
  const { connection, bus, lockMs, worker } = deps;
  const { spec, fence } = record;
  const { queue, token } = held;
  const { id } = spec;
  const lost = new AbortController();
  const lose = (reason: ClaimLost['reason'], message: string) => lost.abort(new ClaimLost(reason, message));
  const notOurs = () => lose('taken', 'the job was given to another worker or ended');

  const offControl = bus.on('control', (message) => {
    const order = JSON.parse(message) as StopOrder;
    if (order.type === 'stop' && order.job === id) lose('canceled', 'the job was canceled');
  });
  // A renewal that fails because Redis is away is no loss by itself: the fence decides when it is back.
  const renewal = setInterval(() => {
    held.renew(fence).then(
      (verdict) => {
        if (verdict === 'moved') notOurs();
        if (verdict === 'taken') lose('lock', 'the lock on the job was lost');
      },
      () => {},
    );
  }, lockMs / 3);

  const release = () => {
    clearInterval(renewal);
    offControl();
    deps.onRelease(claim);
  };

  const touch = async (kind: 'progress' | 'log', set: Record<string, string>): Promise<boolean> => {
    const current = await connection.run('touch', { id, fence, set, kind });
    if (current !== 1) notOurs();
    return current === 1;
  };

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
        fence,
        set: {
          output,
          metrics,
          endedAt: Date.now(),
          progress: { value: 1, stage: 'done' },
          ...(upsampledPrompt !== undefined && { upsampledPrompt }),
        },
        unset: ['checkpoint', 'error'],
        held: { queue, token },
      });
      release();
      const published = moved.verdict === 'ok';
      if (!published) await held.settle();
      return published;
    },

    async fail(error, { retry, countAttempt, delayMs }) {
      const failures = countAttempt ? [...record.failures, failureOf(error)] : record.failures;
      const again = retry && !(countAttempt && isExhausted(record.attempt, failures));
      const moved = await moveStatus(connection, {
        id,
        from: ['active'],
        fence,
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
              unset: ['checkpoint'],
              held: { queue, token },
            }),
      });
      release();
      if (moved.verdict !== 'ok') {
        await held.settle();
        return 'stale';
      }
      if (again) await held.putBack(delayMs ?? retryDelay(failures.length));
      return again ? 'queued' : 'failed';
    },

    async handBack(reason) {
      const moved = await moveStatus(connection, {
        id,
        to: 'queued',
        from: ['active'],
        fence,
        bumpAttempt: -1,
        set: { progress: { value: 0, stage: 'queued' } },
        unset: ['worker'],
      });
      release();
      await held.settle();
      if (moved.verdict === 'ok') await deps.log('info', `handed back: ${reason}`);
    },

    async abandon() {
      release();
      await held.settle();
    },
  };
  return claim;

  function failureOf(error: JobError) {
    return { ...error, attempt: record.attempt, worker, at: Date.now() };
  }
}
