import { resolve } from 'node:path';
import type { Plan } from '../ffmpeg/plan.ts';
import { runToBuffer } from '../ffmpeg/run.ts';
import { DECODE_TIMEOUT_MS, unreadable, untrustedInput } from '../ffmpeg/untrusted.ts';
import type { MediaType } from '../formats/sniff.ts';
import { probe } from '../probe.ts';
import { jpegOutput, jpegScale } from './jpeg.ts';

export interface SpritesheetOptions {
  /** Default 4 x 4. */
  columns?: number;
  rows?: number;
  /** Pixels across one tile (default 240). */
  tileWidth?: number;
  signal?: AbortSignal;
}

/**
 * A JPEG grid of frames, evenly spread over a video, row by row in order of time. Tiles beyond a short
 * video's frames stay black. Throws `unreadable_media`.
 */
export async function spritesheet(path: string, options: SpritesheetOptions = {}): Promise<Uint8Array> {
  const { columns = 4, rows = 4, tileWidth = 240, signal } = options;
  const info = await probe(path, signal);
  const every = Math.max(1, Math.floor(info.frames / (columns * rows)));
  const plan = spritesheetPlan(info.type, { columns, rows, tileWidth, every });
  const jpeg = await runToBuffer(plan, resolve(path), signal);
  if (jpeg.length === 0) throw unreadable(plan.failure.message);
  return jpeg;
}

interface Grid {
  columns: number;
  rows: number;
  tileWidth: number;
  /** Takes frames 0, every, 2 * every, ... */
  every: number;
}

export function spritesheetPlan(type: MediaType, { columns, rows, tileWidth, every }: Grid): Plan {
  const filters = [`select='not(mod(n,${every}))'`, jpegScale(tileWidth), `tile=${columns}x${rows}`];
  return {
    input: untrustedInput(type, 'file'),
    output: [
      '-map',
      '0:v:0',
      '-vf',
      filters.join(','),
      '-fps_mode',
      'passthrough',
      '-frames:v',
      '1',
      ...jpegOutput(7),
    ],
    failure: { type: 'unreadable_media', message: 'The video has no frames to show.' },
    timeoutMs: DECODE_TIMEOUT_MS,
  };
}
