import { decodeVideo, encodeJpeg } from '@worldfarm/media';
import type { Batcher } from '../batcher.ts';
import { withClip } from '../rows/clip.ts';

const COLUMNS = 4;
const TILE = { width: 240, height: 135 };
export const SHEET_CLIPS = 16;

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
  return withClip(clip, { store, scratch }, signal, async (path) => {
    let last: Uint8Array | undefined;
    const maxFrames = Math.max(1, Math.ceil(clip.frames / 2));
    for await (const frame of decodeVideo(path, { ...TILE, maxFrames, signal })) last = frame;
    return last;
  });
}
