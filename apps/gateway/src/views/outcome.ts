import { type ERROR_TABLE, type ErrorType, FarmError, type JobRecord } from '@worldfarm/core';

/** Types that a caller may see of a failed job; the rest is the farm's own business: a render that failed. */
const TOLD: ReadonlySet<string> = new Set<ErrorType>([
  'guardrail_blocked',
  'unreadable_media',
  'body_too_large',
  'unsupported_mode',
  'render_failed',
]);

/** The error that stands for a job without a result. */
export function failureOf({ spec, status, error }: JobRecord): FarmError {
  const jobId = spec.id;
  if (status === 'canceled') return new FarmError('job_canceled', 'the job was canceled', { jobId });
  if (status === 'expired') {
    return new FarmError('job_expired', 'the job had not started by its deadline', { jobId });
  }
  if (status !== 'failed') {
    return new FarmError('job_not_finished', `the job is ${status}`, { jobId, retryAfter: 2 });
  }
  const type = error && TOLD.has(error.type) ? (error.type as keyof typeof ERROR_TABLE) : 'render_failed';
  return new FarmError(type, error?.message ?? 'the render failed', { jobId });
}
