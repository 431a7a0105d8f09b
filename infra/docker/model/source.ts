import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { openStore } from '@worldfarm/storage';

/** Where the files of a profile come from. */
export interface Source {
  /** @throws when there is no such file */
  open(path: string): Promise<Readable>;
  close(): void;
}

/** A bucket, a folder, or a place on the web that answers `<address>/<path>`. */
export async function openSource(address: string, token?: string): Promise<Source> {
  return /^https?:\/\//.test(address) ? openWeb(address, token) : openBucket(address);
}

async function openBucket(address: string): Promise<Source> {
  const store = await openStore(address);
  return {
    open: async (path) => (await store.get(path)).body,
    close: () => store.close(),
  };
}

function openWeb(address: string, token: string | undefined): Source {
  const base = address.replace(/\/+$/, '');
  const headers = token ? { authorization: `Bearer ${token}` } : undefined;
  return {
    async open(path) {
      const reply = await fetch(`${base}/${path.split('/').map(encodeURIComponent).join('/')}`, { headers });
      if (!reply.ok || !reply.body) throw new Error(`${base}/${path}: HTTP ${reply.status}`);
      return Readable.fromWeb(reply.body as ReadableStream);
    },
    close() {},
  };
}
