/** Where a job is. Terminal ones do not change by themselves; `retry` takes all but `succeeded` back to queued. */
export const JOB_STATUSES = ['queued', 'active', 'succeeded', 'failed', 'canceled', 'expired'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/**
 * The legal moves. `active -> active` is a job that another worker took over from one that is gone;
 * `active -> queued` is a hand-back (drain, retryable failure); the terminal ones return by `retry`.
 */
export const JOB_MOVES: Record<JobStatus, readonly JobStatus[]> = {
  queued: ['active', 'canceled', 'expired', 'failed'],
  active: ['active', 'queued', 'succeeded', 'failed', 'canceled'],
  succeeded: [],
  failed: ['queued'],
  canceled: ['queued'],
  expired: ['queued'],
};

export function isTerminal(status: JobStatus): boolean {
  return status !== 'queued' && status !== 'active';
}

/** Statuses from which `to` may be reached. */
export function statusesBefore(to: JobStatus): JobStatus[] {
  return JOB_STATUSES.filter((from) => JOB_MOVES[from].includes(to));
}
