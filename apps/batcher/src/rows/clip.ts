import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ClipPlace } from '@worldfarm/core';
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

/** The SHA-256 of a clip's bytes, as hex. */
export async function digestOfClip(store: ObjectStore, at: Place, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await openClip(store, at, signal)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
