import { setTimeout as wait } from 'node:timers/promises';
import { isTerminal, type Priority } from '@worldfarm/core';
import { followJob } from './follow.ts';
import { createSend, type HttpOptions } from './http.ts';
import type { Job, JobList, SubmitOptions, WorkerView } from './types.ts';

/** A typed client of one farm. Every call rejects with ApiError. */
export interface FarmClient {
  /** Submits an infer body and comes back at once with the job. */
  submit(body: object, options?: SubmitOptions): Promise<Job>;
  /** Submits an infer body and waits for the family's reply, its video as base64. */
  infer(body: object, options?: SubmitOptions): Promise<Record<string, unknown>>;
  job(id: string, signal?: AbortSignal): Promise<Job>;
  /** The job at each of its changes, as the farm tells them, until it has ended. */
  events(id: string, signal?: AbortSignal): AsyncIterable<Job>;
  /** Newest first. */
  jobs(filter?: Record<string, string | number | undefined>): Promise<JobList>;
  cancel(id: string): Promise<Job>;
  retry(id: string): Promise<Job>;
  /** Moves a queued job in the line. */
  changePriority(id: string, priority: Priority): Promise<Job>;
  /** The record and its outputs. */
  remove(id: string): Promise<void>;
  /** Waits until the job has ended, calling back with each change that is seen. */
  wait(
    id: string,
    options?: { onChange?: (job: Job) => void; signal?: AbortSignal; pollMs?: number },
  ): Promise<Job>;
  workers(): Promise<readonly WorkerView[]>;
  /** Lets a worker finish or hand back its job, and end. */
  drainWorker(id: string): Promise<void>;
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
    submit: (body, options = {}) =>
      json<Job>(
        send({ ...submission(body, options), headers: { prefer: 'respond-async', ...wishes(options) } }),
      ),
    infer: (body, options = {}) => json(send({ ...submission(body, options), headers: wishes(options) })),
    events: (id, signal) => followJob(send, id, signal),
    jobs: (filter = {}) => {
      const given = Object.entries(filter).filter(([, value]) => value !== undefined);
      const query = new URLSearchParams(
        Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
      );
      return json<JobList>(send({ method: 'GET', path: `/v1/jobs?${query}` }));
    },
    cancel: (id) => json<Job>(send({ method: 'POST', path: jobPath(id, '/cancel') })),
    async remove(id) {
      await send({ method: 'DELETE', path: jobPath(id) });
    },
    retry: (id) => json<Job>(send({ method: 'POST', path: jobPath(id, '/retry') })),
    changePriority: (id, priority) =>
      json<Job>(send({ method: 'POST', path: jobPath(id, '/priority'), body: { priority } })),
    workers: async () =>
      (await json<{ data: readonly WorkerView[] }>(send({ method: 'GET', path: '/v1/workers' }))).data,
    async drainWorker(id) {
      await send({ method: 'POST', path: `/v1/workers/${encodeURIComponent(id)}/drain` });
    },
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

function submission(body: object, { signal }: SubmitOptions) {
  return { method: 'POST', path: '/v1/infer', body, signal } as const;
}

/** What a caller wants of a job, as headers. */
function wishes({ profile, priority, idempotencyKey, tags }: SubmitOptions): Record<string, string> {
  const pairs = Object.entries(tags ?? {}).map((pair) => pair.join('='));
  return {
    ...(profile && { 'worldfarm-profile': profile }),
    ...(priority && { 'worldfarm-priority': priority }),
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
    ...(pairs.length > 0 && { 'worldfarm-tags': pairs.join(',') }),
  };
}
