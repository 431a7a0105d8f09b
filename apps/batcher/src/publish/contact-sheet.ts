import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError } from '@worldfarm/core';
import { decodeVideo, encodeJpeg } from '@worldfarm/media';
import type { Batcher } from '../batcher.ts';
import { openClip } from '../rows/clip.ts';

const COLUMNS = 4;
const TILE = { width: 240, height: 135 };
export const SHEET_CLIPS = 16;

/** Keeps some of many, evenly spread, without knowing how many come. */
export function evenly<T>(most: number) {
  let kept: T[] = [];
  let [every, count] = [1, 0];
  return {
    add(item: T) {
      if (count++ % every !== 0) return;
      kept.push(item);
      if (kept.length < most * 2) return;
      kept = kept.filter((_, nth) => nth % 2 === 0);
      every *= 2;
    },
    taken: () => kept.slice(0, most),
  };
}

type Clip = { key: string; offset?: number; bytes: number; frames: number };

/** A JPEG with a middle frame of each clip; undefined where none can be decoded. */
export async function contactSheet(
  clips: readonly Clip[],
  { store, scratch }: Pick<Batcher, 'store' | 'scratch'>,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const tiles: Uint8Array[] = [];
  for (const clip of clips) {
    const tile = await middleFrame(clip, store, scratch, signal);
    if (tile) tiles.push(tile);
  }
  if (tiles.length === 0) return undefined;
  const columns = Math.min(COLUMNS, tiles.length);
  const size = { width: columns * TILE.width, height: Math.ceil(tiles.length / columns) * TILE.height };
  const sheet = new Uint8Array(size.width * size.height * 3);
  for (const [nth, tile] of tiles.entries()) {
    const left = (nth % columns) * TILE.width;
    const top = Math.floor(nth / columns) * TILE.height;
    for (let y = 0; y < TILE.height; y++) {
      const line = tile.subarray(y * TILE.width * 3, (y + 1) * TILE.width * 3);
      sheet.set(line, ((top + y) * size.width + left) * 3);
    }
  }
  return encodeJpeg(sheet, { ...size, quality: 7, signal });
}

async function middleFrame(clip: Clip, store: Batcher['store'], scratch: string, signal: AbortSignal) {
  const folder = await mkdtemp(join(scratch, 'sheet-'));
  try {
    const path = join(folder, 'clip');
    await writeFile(path, await openClip(store, clip, signal));
    let last: Uint8Array | undefined;
    const maxFrames = Math.max(1, Math.ceil(clip.frames / 2));
    for await (const frame of decodeVideo(path, { ...TILE, maxFrames, signal })) last = frame;
    return last;
  } catch (error) {
    if (error instanceof FarmError && error.type === 'unreadable_media') return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
