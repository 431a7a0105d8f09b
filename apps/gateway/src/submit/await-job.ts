import { FarmError, type JobRecord } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';

/**
 * Waits for a job to end.
 * @returns the ended record, or undefined when the time was over first
 * @throws FarmError dependency_unavailable or, from a gateway about to stop, hold_timeout, naming the job; the signal's reason when the client has gone
 */
export async function awaitJob(
  record: JobRecord,
  seconds: number,
  { farm, closing }: Pick<Gateway, 'farm' | 'closing'>,
  gone: AbortSignal,
): Promise<JobRecord | undefined> {
  if (seconds <= 0) return undefined;
  const over = AbortSignal.timeout(Math.ceil(seconds * 1000));
  try {
    return await farm.events.finished(record.spec.id, AbortSignal.any([gone, over, closing]));
  } catch (error) {
    if (gone.aborted) throw gone.reason;
    if (over.aborted) return undefined;
    if (closing.aborted) {
      throw new FarmError('hold_timeout', 'this gateway is about to stop; the job goes on', {
        jobId: record.spec.id,
        retryAfter: 1,
      });
    }
    if (error instanceof FarmError && error.type === 'dependency_unavailable') {
      throw new FarmError(error.type, 'the queue is out of reach; the job goes on', {
        jobId: record.spec.id,
        retryAfter: 5,
        cause: error,
      });
    }
    throw error;
  }
}
