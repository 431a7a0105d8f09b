import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, asApiError } from './error.ts';

export interface HttpOptions {
  readonly baseUrl: string;
  readonly apiKey?: string;
  /** tries of one call, the first included (default 5) */
  readonly attempts?: number;
  readonly fetch?: typeof fetch;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** Sends one call, again where that is safe. @throws ApiError with what the farm said */
export type Send = (call: Call) => Promise<Response>;

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/**
 * POSTs carry an idempotency key, so that a try whose answer was lost does not make a second job. Sent again are
 * calls that never arrived, and answers 429, 502 and 503.
 */
export function createSend({ baseUrl, apiKey, attempts = 5, fetch: send = fetch }: HttpOptions): Send {
  const root = baseUrl.replace(/\/+$/, '');
  return async ({ method, path, body, headers = {}, signal }) => {
    const request: RequestInit = {
      method,
      signal,
      headers: {
        accept: 'application/json',
        ...(apiKey && { authorization: `Bearer ${apiKey}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    for (let attempt = 1; ; attempt++) {
      const answer = await send(`${root}${path}`, request).catch((error: unknown) =>
        unreachable(error, root, signal),
      );
      if (answer instanceof Response && answer.ok) return answer;
      const error = answer instanceof Response ? await asApiError(answer) : answer;
      if (!error.retryable || attempt >= attempts) throw error;
      await wait(
        error.retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS),
        undefined,
        {
          signal,
        },
      );
    }
  };
}

function unreachable(cause: unknown, root: string, signal: AbortSignal | undefined): ApiError {
  signal?.throwIfAborted();
  return new ApiError(`no farm answers at ${root}`, {
    status: 0,
    type: 'unreachable',
    retryable: true,
    cause,
  });
}
