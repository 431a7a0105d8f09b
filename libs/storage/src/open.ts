import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFolderStore } from './folder/folder-store.ts';
import type { S3Options } from './s3/client.ts';
import { openS3Store } from './s3/s3-store.ts';
import type { ObjectStore } from './store.ts';

export type StoreConfig = { kind: 'folder'; root: string } | ({ kind: 's3' } & S3Options);

/** Opens the store that a configuration describes. */
export async function openStore(config: StoreConfig | string): Promise<ObjectStore> {
  const parsed = typeof config === 'string' ? parseStoreUrl(config) : config;
  return parsed.kind === 'folder' ? openFolderStore(parsed) : openS3Store(parsed);
}

/**
 * Reads a store's address: a path, a `file:` URL, or
 * `s3://bucket/prefix?region=eu-west-1&endpoint=http://minio:9000&publicEndpoint=https://media.example.com`.
 * Throws a TypeError that names what it does not understand; credentials never stand in an address.
 */
export function parseStoreUrl(address: string): StoreConfig {
  if (address.startsWith('file:')) return { kind: 'folder', root: fileURLToPath(address) };
  if (!address.startsWith('s3:')) {
    if (/^\w+:\/\//.test(address)) throw new TypeError('A store is a path, file:///path or s3://bucket.');
    return { kind: 'folder', root: resolve(address) };
  }
  const url = new URL(address);
  if (!url.hostname) throw new TypeError('s3:// needs a bucket: s3://bucket/prefix.');
  if (url.username || url.password) throw new TypeError('Credentials do not belong in a store address.');
  const settings = Object.fromEntries(url.searchParams);
  const { region, endpoint, publicEndpoint, forcePathStyle, ...unknown } = settings;
  const [stranger] = Object.keys(unknown);
  if (stranger) throw new TypeError(`s3:// does not know the setting "${stranger}".`);
  const path = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  return {
    kind: 's3',
    bucket: url.hostname,
    ...(path && { prefix: `${path}/` }),
    ...(region && { region }),
    ...(endpoint && { endpoint }),
    ...(publicEndpoint && { publicEndpoint }),
    ...(forcePathStyle && { forcePathStyle: forcePathStyle === 'true' }),
  };
}
