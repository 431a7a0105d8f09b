import { type ClipPlace, type ProvenanceRow, renderEntry } from '@worldfarm/core';
import type { Batcher } from '../batcher.ts';
import { readText } from '@worldfarm/storage';

/** A render that exists, and where its bytes lie. */
export interface Render {
  readonly clip: ProvenanceRow;
  readonly at: ClipPlace;
}

/** Renders of one owner by what they are made from, so that nothing is rendered that was rendered before. */
export interface Renders {
  /** @param within only a render of this batch will do */
  find(key: string, within?: string): Promise<Render | undefined>;
  note(render: Render): Promise<void>;
}

export function openRenders({ store }: Pick<Batcher, 'store'>, owner: string): Renders {
  return {
    async find(key, within) {
      const content = await readText(store, renderEntry(owner, key));
      if (content === undefined) return undefined;
      const render = JSON.parse(content) as Render;
      if (within !== undefined && render.clip.batch !== within) return undefined;
      return (await store.head(render.at.key)) ? render : undefined;
    },
    async note(render) {
      const body = Buffer.from(JSON.stringify(render));
      await store.put(renderEntry(owner, render.clip.key), body, { contentType: 'application/json' });
    },
  };
}
