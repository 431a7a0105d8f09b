/**
 * The closed table of error types. `status` is the HTTP status a caller sees; `retryable` says whether the
 * same call may succeed later without being changed.
 */
export const ERROR_TABLE = {
  invalid_json: { status: 400, retryable: false },
  invalid_request: { status: 400, retryable: false },
  unsupported_mode: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  route_not_found: { status: 404, retryable: false },
  profile_not_found: { status: 404, retryable: false },
  job_not_found: { status: 404, retryable: false },
  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  idempotency_conflict: { status: 409, retryable: false },
  invalid_transition: { status: 409, retryable: false },
  job_not_finished: { status: 409, retryable: true },
  job_canceled: { status: 409, retryable: false },
  job_expired: { status: 409, retryable: false },
  gone: { status: 410, retryable: false },
  body_too_large: { status: 413, retryable: false },
  unreadable_media: { status: 415, retryable: false },
  unsupported_content_type: { status: 415, retryable: false },
  range_not_satisfiable: { status: 416, retryable: false },
  unprocessable_request: { status: 422, retryable: false },
  guardrail_blocked: { status: 422, retryable: false },
  quota_exceeded: { status: 429, retryable: true },
  queue_full: { status: 429, retryable: true },
  render_failed: { status: 500, retryable: true },
  internal: { status: 500, retryable: true },
  no_capacity: { status: 503, retryable: true },
  dependency_unavailable: { status: 503, retryable: true },
  hold_timeout: { status: 504, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorType = keyof typeof ERROR_TABLE;

/** One problem of one field, in the form that clients of FastAPI servers read. */
export interface ErrorDetail {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

export interface FarmErrorOptions {
  /** The field, header or parameter at fault, dotted: `video_params.height`. */
  param?: string;
  jobId?: string;
  detail?: readonly ErrorDetail[];
  /** Seconds after which a retry makes sense: becomes `Retry-After`. */
  retryAfter?: number;
  cause?: unknown;
}

/** The one error class that crosses package boundaries; everything else is translated into it. */
export class FarmError extends Error {
  override readonly name = 'FarmError';
  readonly type: ErrorType;
  readonly param?: string;
  readonly jobId?: string;
  readonly detail: readonly ErrorDetail[];
  readonly retryAfter?: number;

  constructor(type: ErrorType, message: string, options: FarmErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.type = type;
    this.param = options.param;
    this.jobId = options.jobId;
    this.detail = options.detail ?? [];
    this.retryAfter = options.retryAfter;
  }

  get status(): number {
    return ERROR_TABLE[this.type].status;
  }

  get retryable(): boolean {
    return ERROR_TABLE[this.type].retryable;
  }
}

/** The body of every error reply (CONTRACT: errors). */
export interface ErrorEnvelope {
  error: { message: string; type: ErrorType; code: number; param?: string; job_id?: string };
  detail: ErrorDetail[];
}

export function toEnvelope(error: FarmError): ErrorEnvelope {
  const detail = error.detail.length
    ? [...error.detail]
    : [{ loc: locationOf(error.param), msg: error.message, type: error.type }];
  return {
    error: {
      message: error.message,
      type: error.type,
      code: error.status,
      ...(error.param !== undefined && { param: error.param }),
      ...(error.jobId !== undefined && { job_id: error.jobId }),
    },
    detail,
  };
}

function locationOf(param: string | undefined): string[] {
  if (param === undefined) return [];
  return param === 'body' ? ['body'] : ['body', ...param.split('.')];
}
