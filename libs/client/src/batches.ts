import { setTimeout as wait } from 'node:timers/promises';
import { type BatchEstimate, type BatchStatus, isBatchFinal } from '@worldfarm/core';
import { asApiError } from './error.ts';
import { createSend, type HttpOptions } from './http.ts';

/** A batch as the API shows it (CONTRACT: batches). */
export interface Batch {
  readonly id: string;
  readonly object: 'batch';
  readonly name: string;
  readonly status: BatchStatus;
  readonly profile: string;
  readonly counts: Readonly<
    Record<'total' | 'queued' | 'active' | 'succeeded' | 'failed' | 'canceled' | 'invalid', number>
  >;
  readonly progress: number;
  readonly eta_seconds?: number;
  readonly rows_per_second?: number;
  readonly output: { readonly prefix: string; readonly layout: string };
  readonly estimate?: BatchEstimate;
  readonly message?: string;
}

export interface BatchItem {
  readonly id: string;
  readonly line: number;
  readonly split: string;
  readonly status: string;
  readonly job?: string;
  readonly file?: string;
  readonly error?: { readonly type: string; readonly message: string };
}

export interface DatasetFile {
  readonly path: string;
  readonly bytes: number;
  readonly url: string;
}

/** A typed client of a farm's batches. Every call rejects with ApiError. */
export interface BatchClient {
  /** Brings rows (JSONL) of any length. @returns what a spec's `source.jsonl` says of them */
  upload(rows: ReadableStream<Uint8Array>): Promise<string>;
  /** The same spec again goes on with what is missing. */
  create(spec: object): Promise<Batch>;
  get(id: string, signal?: AbortSignal): Promise<Batch>;
  list(limit?: number): Promise<readonly Batch[]>;
  act(id: string, action: 'cancel' | 'pause' | 'resume' | 'retry-failed'): Promise<Batch>;
  export(id: string, request: object): Promise<Batch>;
  items(id: string, status?: string): AsyncGenerator<BatchItem>;
  /** Every file of the dataset. */
  files(id: string): AsyncGenerator<DatasetFile>;
  /** JSONL as it comes. */
  lines(id: string, what: 'errors' | 'manifest'): Promise<ReadableStream<Uint8Array>>;
  /** The bytes of a file of {@link files}. */
  fetchFile(file: DatasetFile): Promise<ReadableStream<Uint8Array>>;
  /** Waits until the batch has ended, calling back with each look at it. */
  wait(
    id: string,
    options?: { onLook?: (batch: Batch) => void; signal?: AbortSignal; pollMs?: number },
  ): Promise<Batch>;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
}

export function createBatchClient(options: HttpOptions): BatchClient {
  const send = createSend(options);
  const root = options.baseUrl.replace(/\/+$/, '');
  const raw = options.fetch ?? fetch;
  const authorization: Record<string, string> = options.apiKey
    ? { authorization: `Bearer ${options.apiKey}` }
    : {};
  const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
  const path = (id: string, rest = '') => `/v1/batches/${encodeURIComponent(id)}${rest}`;
  const get = (id: string, signal?: AbortSignal) =>
    json<Batch>(send({ method: 'GET', path: path(id), signal }));

  async function* pages<T>(at: string, query: Record<string, string>): AsyncGenerator<T> {
    let cursor: string | null = '';
    while (cursor !== null) {
      const asked: string = new URLSearchParams({ ...query, ...(cursor && { cursor }) }).toString();
      const page: Page<T> = await json<Page<T>>(send({ method: 'GET', path: `${at}?${asked}` }));
      yield* page.data;
      cursor = page.next_cursor;
    }
  }

  return {
    get,
    async upload(body) {
      const request = { method: 'POST', body, duplex: 'half', headers: authorization } as RequestInit;
      const response = await raw(`${root}/v1/batches/uploads`, request);
      if (!response.ok) throw await asApiError(response);
      return ((await response.json()) as { jsonl: string }).jsonl;
    },
    create: (body) => json<Batch>(send({ method: 'POST', path: '/v1/batches', body })),
    list: async (limit = 20) =>
      (await json<Page<Batch>>(send({ method: 'GET', path: `/v1/batches?limit=${limit}` }))).data,
    act: (id, action) => json<Batch>(send({ method: 'POST', path: path(id, `/${action}`) })),
    export: (id, body) => json<Batch>(send({ method: 'POST', path: path(id, '/export'), body })),
    items: (id, status) => pages<BatchItem>(path(id, '/items'), { limit: '500', ...(status && { status }) }),
    files: (id) => pages<DatasetFile>(path(id, '/files'), {}),
    async lines(id, what) {
      return (await send({ method: 'GET', path: path(id, `/${what}`), headers: { accept: '*/*' } })).body!;
    },
    async fetchFile({ url }) {
      if (url.startsWith('/'))
        return (await send({ method: 'GET', path: url, headers: { accept: '*/*' } })).body!;
      const response = await raw(url);
      if (!response.ok) throw await asApiError(response);
      return response.body!;
    },
    async wait(id, { onLook, signal, pollMs = 1000 } = {}) {
      while (true) {
        const batch = await get(id, signal);
        onLook?.(batch);
        if (isBatchFinal(batch.status)) return batch;
        await wait(pollMs, undefined, { signal });
      }
    },
  };
}
