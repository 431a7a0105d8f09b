import { resolve } from 'node:path';
import type { Plan } from '../ffmpeg/plan.ts';
import { runToBuffer } from '../ffmpeg/run.ts';
import { DECODE_TIMEOUT_MS, unreadable, untrustedInput } from '../ffmpeg/untrusted.ts';
import type { MediaType } from '../formats/sniff.ts';
import { probe } from '../probe.ts';
import { jpegOutput, jpegScale } from './jpeg.ts';

export interface ThumbnailOptions {
  /** Pixels across (default 320, never more than the video has); the height follows. */
  width?: number;
  signal?: AbortSignal;
}

/** A JPEG of a video's middle frame. Throws `unreadable_media`. */
export async function thumbnail(
  path: string,
  { width = 320, signal }: ThumbnailOptions = {},
): Promise<Uint8Array> {
  const info = await probe(path, signal);
  const middle = Math.floor(info.frames / 2) / info.fps;
  const plan = thumbnailPlan(info.type, middle, Math.min(width, info.width));
  const jpeg = await runToBuffer(plan, resolve(path), signal);
  if (jpeg.length === 0) throw unreadable(plan.failure.message);
  return jpeg;
}

/** The run that seeks to a second and puts the frame there on stdout as JPEG. */
export function thumbnailPlan(type: MediaType, second: number, width: number): Plan {
  return {
    input: [...untrustedInput(type, 'file'), '-ss', second.toFixed(6)],
    output: ['-map', '0:v:0', '-vf', jpegScale(width), '-frames:v', '1', ...jpegOutput(7)],
    failure: { type: 'unreadable_media', message: 'The video has no frame to show.' },
    timeoutMs: DECODE_TIMEOUT_MS,
  };
}
