import type { AttemptFailure, JobError, JobRecord } from '@worldfarm/core';

/** Different workers that may fail a job before it is given up. */
export const MAX_FAILED_WORKERS = 3;
/** Tries of any kind, those of workers that vanished included, before a job is given up. */
export const MAX_ATTEMPTS = 10;

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

/** Wait before the try after `failures` failed ones: doubling from one second to one minute. */
export function retryDelay(failures: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1), LONGEST_DELAY_MS);
}

/** Whether a job with these failures is given up rather than tried again. */
export function isExhausted(attempt: number, failures: readonly AttemptFailure[]): boolean {
  const failed = failures.filter(({ type }) => type !== 'lost_worker');
  return failed.length >= MAX_FAILED_WORKERS || attempt >= MAX_ATTEMPTS;
}

/** The failure that a worker leaves behind which went silent with a job. */
export function lostAttempt({ attempt, worker = 'unknown' }: JobRecord): AttemptFailure {
  return { type: 'lost_worker', message: 'the worker went silent', attempt, worker, at: Date.now() };
}

/** What a job ends with: its one reason, or all of them. */
export function finalError(error: JobError, failures: readonly AttemptFailure[]): JobError {
  return failures.length > 1 ? { type: error.type, message: allReasons(failures) } : error;
}

/** The reasons of all tries in one sentence. */
export function allReasons(failures: readonly AttemptFailure[]): string {
  const reasons = failures.map(
    ({ attempt, worker, message }) => `attempt ${attempt} on ${worker}: ${message}`,
  );
  return reasons.join('; ');
}

/** A worker that failed a job does not get it again while another one could take it. */
export function isExcluded({ failures }: Pick<JobRecord, 'failures'>, worker: string): boolean {
  return failures.some((failure) => failure.worker === worker && failure.type !== 'lost_worker');
}
