import { resolve } from 'node:path';
import type { Plan } from '../ffmpeg/plan.ts';
import { runToBytes } from '../ffmpeg/run.ts';
import { DECODE_TIMEOUT_MS, unreadable, untrustedInput } from '../ffmpeg/untrusted.ts';
import type { Size } from '../formats/image-size.ts';
import { isVideo, type VideoType } from '../formats/sniff.ts';
import { frameBytes, toFrames } from '../frames/chunk.ts';
import { coverFilter } from '../frames/filters.ts';
import { rateText, toRate } from '../frames/rate.ts';
import { identify } from '../probe.ts';
import { keepLast } from './keep-last.ts';

export interface DecodeVideoOptions extends Size {
  /** Frames per second to resample to; absent takes the file's frames as they are. */
  fps?: number;
  maxFrames: number;
  /** Which end of a longer video to take (default `first`). `last` holds `maxFrames` frames in memory. */
  from?: 'first' | 'last';
  signal?: AbortSignal;
}

/**
 * Decodes a video (MP4, WebM, AVI, MOV) into RGB24 frames of exactly `width` x `height`, scaled to fill and
 * cut evenly. Frames come as they are read; ffmpeg waits for a slow reader and ends when the loop is left.
 * @returns one Uint8Array of width * height * 3 bytes a frame; fewer than `maxFrames` from a shorter video
 * @throws `unreadable_media`
 */
export async function* decodeVideo(path: string, options: DecodeVideoOptions): AsyncGenerator<Uint8Array> {
  const { type } = await identify(path);
  if (!isVideo(type)) throw unreadable('The video is not MP4, WebM, AVI or MOV.');
  yield* framesOf(path, decodeVideoPlan(type, options), options);
}

/** All frames of {@link decodeVideo} in memory. */
export async function collectFrames(frames: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

/** The run that decodes a file into RGB24 frames on stdout. `filters` follow the scaling. */
export function decodeVideoPlan(type: VideoType, options: DecodeVideoOptions, filters: string[] = []): Plan {
  const { fps, from = 'first', maxFrames } = options;
  const rate = fps === undefined ? [] : [`fps=${rateText(toRate(fps))}`];
  return {
    input: untrustedInput(type, 'file'),
    output: [
      ...['-map', '0:v:0'],
      ...['-vf', [...rate, coverFilter(options), ...filters].join(',')],
      // Raw video would otherwise get frames doubled and dropped to make an even pace.
      ...(fps === undefined ? ['-fps_mode', 'passthrough'] : []),
      ...(from === 'first' ? ['-frames:v', `${maxFrames}`] : []),
      ...['-pix_fmt', 'rgb24', '-f', 'rawvideo'],
    ],
    failure: { type: 'unreadable_media', message: 'The video cannot be decoded.' },
    timeoutMs: DECODE_TIMEOUT_MS,
  };
}

/** Runs a decoding plan and cuts its output into frames. A video without a single one is unreadable. */
export async function* framesOf(
  path: string,
  plan: Plan,
  options: DecodeVideoOptions,
): AsyncGenerator<Uint8Array> {
  const { from = 'first', maxFrames, signal } = options;
  const frames = toFrames(runToBytes(plan, resolve(path), signal), frameBytes(options));
  let count = 0;
  for await (const frame of from === 'last' ? keepLast(frames, maxFrames) : frames) {
    count++;
    yield frame;
  }
  if (count === 0) throw unreadable(plan.failure.message);
}
