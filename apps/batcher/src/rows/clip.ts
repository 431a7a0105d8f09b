import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type ClipPlace, FarmError } from '@worldfarm/core';
import type { ObjectStore } from '@worldfarm/storage';

type Place = ClipPlace & { readonly bytes: number };

/** The bytes of a clip, from an object of its own or out of a shard. */
export async function openClip(
  store: ObjectStore,
  { key, offset, bytes }: Place,
  signal?: AbortSignal,
): Promise<Readable> {
  const range = offset === undefined ? undefined : { start: offset, end: offset + bytes - 1 };
  const { body } = await store.get(key, { signal, ...(range && { range }) });
  return body;
}

/** Brings a clip to a key of its own. Over and over is as good as once. */
export async function copyClip(
  store: ObjectStore,
  from: Place,
  to: string,
  type: string,
  signal?: AbortSignal,
): Promise<void> {
  if (from.key === to) return;
  if (from.offset === undefined) await store.copy(from.key, to, { signal });
  else await store.put(to, await openClip(store, from, signal), { contentType: type, signal });
}

/**
 * Brings a clip to this disk for as long as a call takes.
 * @returns what the call gives; undefined where the clip cannot be decoded
 */
export async function withClip<T>(
  at: Place,
  { store, scratch }: { store: ObjectStore; scratch: string },
  signal: AbortSignal,
  call: (path: string) => Promise<T>,
): Promise<T | undefined> {
  const folder = await mkdtemp(join(scratch, 'clip-'));
  try {
    const path = join(folder, 'clip');
    await writeFile(path, await openClip(store, at, signal));
    return await call(path);
  } catch (error) {
    if (error instanceof FarmError && error.type === 'unreadable_media') return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The SHA-256 of a clip's bytes, as hex. */
export async function digestOfClip(store: ObjectStore, at: Place, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await openClip(store, at, signal)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
