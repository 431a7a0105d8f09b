import type { Readable } from 'node:stream';
import { FarmError } from '@worldfarm/core';
import { type Outbound, OutboundError } from '@worldfarm/service';
import { listAll, type ObjectStore, parseStoreUrl } from '@worldfarm/storage';

/** Reads what a batch names by address: `store://key` or the key alone, `s3://bucket/key`, `https://...`. */
export interface Reader {
  /** @throws FarmError not_found, forbidden, invalid_request */
  open(address: string, limits: { maxBytes: number; signal?: AbortSignal }): Promise<Readable>;
  /** Whether it is there. @throws FarmError as `open` */
  check(address: string, signal?: AbortSignal): Promise<void>;
  /** Addresses under a prefix, in order of their names. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<string>;
}

export interface ReaderOptions {
  readonly store: ObjectStore;
  /** the farm's own store address: its bucket needs no leave */
  readonly storeUrl: string;
  readonly buckets: readonly string[];
  readonly outbound: Pick<Outbound, 'request'>;
  readonly allowUrls: boolean;
  readonly openStore: (url: string) => Promise<ObjectStore>;
}

/** Folders of the farm's own store that are the farm's business. */
const CLOSED = ['batches', 'checkpoints', 'jobs', 'outputs', 'renders'];
/** What lies here is named by its bytes: whoever has them may read it, and nobody may look what there is. */
const UNLISTED = ['', 'inputs/', 'uploads/'];
const URL_TIMEOUT_MS = 600_000;

export function openReader(options: ReaderOptions): Reader {
  const others = new Map<string, Promise<ObjectStore>>();
  const own = parseStoreUrl(options.storeUrl);

  async function locate(
    address: string,
  ): Promise<{ store: ObjectStore; key: string; name: (key: string) => string }> {
    if (address.startsWith('store://')) return inside(address, 'store://');
    if (!/^[a-z0-9+.-]+:\/\//i.test(address)) return inside(address, '');
    const { bucket, path } = parseS3(address);
    if (own.kind === 's3' && own.bucket === bucket && path.startsWith(own.prefix ?? ''))
      return inside(address, `s3://${bucket}/${own.prefix ?? ''}`);
    const name = (key: string) => `s3://${bucket}/${key}`;
    if (!options.buckets.includes(bucket))
      throw refused(`the bucket ${bucket} is not on the list of WORLDFARM_BATCH_BUCKETS`);
    const settings = own.kind === 's3' ? s3Settings(own) : '';
    const store = others.get(bucket) ?? options.openStore(`s3://${bucket}${settings}`);
    others.set(bucket, store);
    return { store: await store, key: path, name };
  }

  function inside(address: string, root: string) {
    const key = address.slice(root.length);
    if (CLOSED.includes(key.split('/')[0]!)) throw refused(`${address}: the farm's own files cannot be read`);
    if (UNLISTED.includes(key)) throw refused(`${address}: cannot be listed`);
    return { store: options.store, key, name: (key: string) => `${root}${key}` };
  }

  return {
    async open(address, { maxBytes, signal }) {
      if (/^https?:/.test(address)) return fetchUrl(address, options, maxBytes, signal);
      const { store, key } = await locate(address);
      const { body, totalBytes } = await store.get(key, { signal });
      if (totalBytes <= maxBytes) return body;
      body.destroy();
      throw new FarmError('body_too_large', `${address}: at most ${maxBytes} bytes`);
    },
    async check(address, signal) {
      if (/^https?:/.test(address)) {
        const body = await fetchUrl(address, options, Number.MAX_SAFE_INTEGER, signal);
        body.destroy();
        return;
      }
      const { store, key } = await locate(address);
      if (!(await store.head(key, { signal })))
        throw new FarmError('not_found', `${address}: there is no such object`);
    },
    async *list(prefix, signal) {
      const { store, key, name } = await locate(prefix);
      for await (const object of listAll(store, key, signal)) yield name(object.key);
    },
  };
}

async function fetchUrl(
  url: string,
  { outbound, allowUrls }: ReaderOptions,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Readable> {
  if (!allowUrls) throw refused('URLs are switched off here');
  try {
    const reply = await outbound.request(url, { timeoutMs: URL_TIMEOUT_MS, maxBytes, redirects: 3, signal });
    if (reply.status === 200) return reply.body;
    reply.body.destroy();
    throw refused(`the URL answered ${reply.status}`);
  } catch (error) {
    if (error instanceof OutboundError)
      throw new FarmError('invalid_request', error.message, { cause: error });
    throw error;
  }
}

function parseS3(address: string): { bucket: string; path: string } {
  const [, bucket, path] = /^s3:\/\/([^/]+)\/(.*)$/.exec(address) ?? [];
  if (!bucket || path === undefined)
    throw refused(`${address}: expected s3://bucket/key, store://key or a URL`);
  return { bucket, path };
}

function s3Settings(given: { region?: string; endpoint?: string; forcePathStyle?: boolean }): string {
  const settings = new URLSearchParams();
  for (const name of ['region', 'endpoint', 'forcePathStyle'] as const) {
    if (given[name] !== undefined) settings.set(name, String(given[name]));
  }
  return `?${settings}`;
}

function refused(message: string): FarmError {
  return new FarmError('invalid_request', message, { param: 'source' });
}
