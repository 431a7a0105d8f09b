import { setTimeout as wait } from 'node:timers/promises';
import { isTerminal } from '@worldfarm/core';
import { createSend, type HttpOptions } from './http.ts';
import type { Job, JobList, SubmitOptions } from './types.ts';

/** A typed client of one farm. Every call rejects with ApiError. */
export interface FarmClient {
  /** Submits an infer body and comes back at once with the job. */
  submit(body: object, options?: SubmitOptions): Promise<Job>;
  job(id: string, signal?: AbortSignal): Promise<Job>;
  /** Newest first. */
  jobs(filter?: Record<string, string | number | undefined>): Promise<JobList>;
  cancel(id: string): Promise<Job>;
  retry(id: string): Promise<Job>;
  /** Waits until the job has ended, calling back with each change that is seen. */
  wait(
    id: string,
    options?: { onChange?: (job: Job) => void; signal?: AbortSignal; pollMs?: number },
  ): Promise<Job>;
  /** The family's reply of a finished job, its video as base64. */
  result(id: string): Promise<Record<string, unknown>>;
  /** The stored file itself, as a stream. */
  download(id: string, file: 'video' | 'thumbnail' | 'metadata'): Promise<ReadableStream<Uint8Array>>;
}

export function createClient(options: HttpOptions): FarmClient {
  const send = createSend(options);
  const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
  const jobPath = (id: string, rest = '') => `/v1/jobs/${encodeURIComponent(id)}${rest}`;

  const job = (id: string, signal?: AbortSignal) =>
    json<Job>(send({ method: 'GET', path: jobPath(id), signal }));

  return {
    job,
    submit: (body, { profile, idempotencyKey, priority, tags, signal } = {}) =>
      json<Job>(
        send({
          method: 'POST',
          path: '/v1/infer',
          body,
          signal,
          headers: {
            prefer: 'respond-async',
            ...(profile && { 'worldfarm-profile': profile }),
            ...(priority && { 'worldfarm-priority': priority }),
            ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
            ...(tags && {
              'worldfarm-tags': Object.entries(tags)
                .map((pair) => pair.join('='))
                .join(','),
            }),
          },
        }),
      ),
    jobs: (filter = {}) => {
      const given = Object.entries(filter).filter(([, value]) => value !== undefined);
      const query = new URLSearchParams(
        Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
      );
      return json<JobList>(send({ method: 'GET', path: `/v1/jobs?${query}` }));
    },
    cancel: (id) => json<Job>(send({ method: 'POST', path: jobPath(id, '/cancel') })),
    retry: (id) => json<Job>(send({ method: 'POST', path: jobPath(id, '/retry') })),
    async wait(id, { onChange, signal, pollMs = 300 } = {}) {
      while (true) {
        const current = await job(id, signal);
        onChange?.(current);
        if (isTerminal(current.status)) return current;
        await wait(pollMs, undefined, { signal });
      }
    },
    result: (id) => json(send({ method: 'GET', path: jobPath(id, '/result') })),
    async download(id, file) {
      const { body } = await send({
        method: 'GET',
        path: jobPath(id, `/${file}`),
        headers: { accept: '*/*' },
      });
      return body!;
    },
  };
}
