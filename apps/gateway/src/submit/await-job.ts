import { setTimeout as wait } from 'node:timers/promises';
import { FarmError, isTerminal, type JobRecord } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';

/** A Redis that restarts or fails over is back by then; callers who wait need not notice. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 500;

/**
 * Waits for a job to end.
 *
 * @returns the ended record, or undefined when the time was over first
 * @throws FarmError naming the job: dependency_unavailable when Redis stays away, hold_timeout from a gateway
 *   about to stop; the signal's reason when the client has gone
 */
export async function awaitJob(
  record: JobRecord,
  seconds: number,
  { farm, closing }: Pick<Gateway, 'farm' | 'closing'>,
  gone: AbortSignal,
): Promise<JobRecord | undefined> {
  if (seconds <= 0) return undefined;
  const jobId = record.spec.id;
  const over = AbortSignal.timeout(Math.ceil(seconds * 1000));
  const signal = AbortSignal.any([gone, over, closing]);
  try {
    return await finishedInSpite(jobId, farm, signal);
  } catch (error) {
    if (gone.aborted) throw gone.reason;
    if (over.aborted) return undefined;
    if (closing.aborted) {
      throw new FarmError('hold_timeout', 'this gateway is about to stop; the job goes on', {
        jobId,
        retryAfter: 1,
      });
    }
    if (!isAway(error)) throw error;
    throw new FarmError('dependency_unavailable', 'the queue is out of reach; the job goes on', {
      jobId,
      retryAfter: 5,
      cause: error,
    });
  }
}

/** Waits on while Redis is away for less than our patience. */
async function finishedInSpite(
  id: string,
  { events }: Gateway['farm'],
  signal: AbortSignal,
): Promise<JobRecord> {
  let awaySince: number | undefined;
  while (true) {
    try {
      for await (const record of events.watch(id, signal)) {
        awaySince = undefined;
        if (isTerminal(record.status)) return record;
      }
    } catch (error) {
      signal.throwIfAborted();
      awaySince ??= Date.now();
      if (!isAway(error) || Date.now() - awaySince > PATIENCE_MS) throw error;
    }
    await wait(RETRY_MS, undefined, { signal });
  }
}

function isAway(error: unknown): boolean {
  return error instanceof FarmError && error.type === 'dependency_unavailable';
}
