import { type ClipPlace, type ProvenanceRow, renderEntry } from '@worldfarm/core';
import { type ObjectStore, readText } from '@worldfarm/storage';
import type { BatchRun } from '../run/batch-run.ts';
import { inPool } from '../pool.ts';
import { digestOfClip } from './clip.ts';

/** A render that exists, and where its bytes lie. */
export interface Render {
  readonly clip: ProvenanceRow;
  readonly at: ClipPlace;
}

interface Entry extends Render {
  /** of the object when the render was noted: as long as it is the same, so are the bytes */
  readonly etag?: string;
}

/** Renders by what they are made from, so that nothing is rendered that was rendered before. */
export interface Renders {
  /** A render of this batch, or of any batch of its owner where the spec says `reuse`; its bytes are what it says. */
  find(key: string): Promise<Render | undefined>;
  note(renders: readonly Render[]): Promise<void>;
}

const NOTES = 8;

export function openRenders({
  store,
  record,
  signal,
}: Pick<BatchRun, 'store' | 'record' | 'signal'>): Renders {
  const { id, owner, spec } = record;

  async function read(at: string): Promise<Render | undefined> {
    const content = await readText(store, at);
    if (content === undefined) return undefined;
    const { clip, at: place, etag } = JSON.parse(content) as Entry;
    const there = await store.head(place.key, { signal });
    if (!there) return undefined;
    // A path may have come to another clip since.
    const same = there.etag === etag || (await isClip(clip, place, store, signal));
    return same ? { clip, at: place } : undefined;
  }

  return {
    find: async (key) =>
      (await read(renderEntry(owner, key, id))) ??
      (spec.reuse ? await read(renderEntry(owner, key)) : undefined),

    async note(renders) {
      // Clips of one shard share its etag.
      const etags = new Map<string, Promise<string | undefined>>();
      const etagOf = (key: string) => {
        const known = etags.get(key) ?? store.head(key, { signal }).then((info) => info?.etag);
        etags.set(key, known);
        return known;
      };
      await inPool(renders, NOTES, async ({ clip, at }) => {
        const body = Buffer.from(JSON.stringify({ clip, at, etag: await etagOf(at.key) } satisfies Entry));
        for (const entry of [renderEntry(owner, clip.key, id), renderEntry(owner, clip.key)]) {
          await store.put(entry, body, { contentType: 'application/json', signal });
        }
      });
    },
  };
}

async function isClip(
  { bytes, sha256 }: ProvenanceRow,
  at: ClipPlace,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<boolean> {
  const digest = await digestOfClip(store, { ...at, bytes }, signal).catch(() => undefined);
  signal.throwIfAborted();
  return digest === sha256;
}
