import type { ErrorEnvelope } from '@worldfarm/core';

interface ApiErrorOptions {
  readonly status: number;
  readonly type: string;
  readonly retryable: boolean;
  readonly param?: string;
  readonly jobId?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** What the farm refused, or that it could not be reached (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly type: string;
  readonly retryable: boolean;
  readonly param: string | undefined;
  readonly jobId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ApiErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.type = options.type;
    this.retryable = options.retryable;
    this.param = options.param;
    this.jobId = options.jobId;
    this.retryAfterMs = options.retryAfterMs;
  }
}

const RETRYABLE = new Set([429, 502, 503]);

export async function asApiError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => undefined)) as Partial<ErrorEnvelope> | undefined;
  const seconds = Number(response.headers.get('retry-after'));
  return new ApiError(body?.error?.message ?? `the farm answered ${response.status}`, {
    status: response.status,
    type: body?.error?.type ?? 'unknown',
    retryable: RETRYABLE.has(response.status),
    param: body?.error?.param,
    jobId: body?.error?.job_id,
    retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
  });
}
