import type { Quality } from '../encode/codecs.ts';
import type { Plan } from '../ffmpeg/plan.ts';
import { QUIET } from '../ffmpeg/plan.ts';
import { runToBuffer } from '../ffmpeg/run.ts';
import type { Size } from '../formats/image-size.ts';

const TIMEOUT_MS = 60_000;

export interface EncodeJpegOptions extends Size {
  /** Default 8. */
  quality?: Quality;
  signal?: AbortSignal;
}

/** Encodes one RGB24 frame as JPEG. The same frame gives the same bytes. */
export async function encodeJpeg(frame: Uint8Array, options: EncodeJpegOptions): Promise<Uint8Array> {
  async function* once() {
    yield frame;
  }
  return runToBuffer(jpegPlan(options), once(), options.signal);
}

/** The run that takes one RGB24 frame from stdin to a JPEG on stdout. */
export function jpegPlan({ width, height, quality = 8 }: EncodeJpegOptions): Plan {
  return {
    input: [...QUIET, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s:v', `${width}x${height}`],
    output: ['-frames:v', '1', ...jpegOutput(quality)],
    failure: { type: 'render_failed', message: 'The image could not be encoded.' },
    timeoutMs: TIMEOUT_MS,
  };
}

/** Scales to a width, an even height following, and into the colours that JPEG means: BT.601, full range. */
export function jpegScale(width: number): string {
  return `scale=${width}:-2:flags=lanczos+accurate_rnd+bitexact:out_color_matrix=bt601:out_range=pc,format=yuvj420p`;
}

/** JPEG on stdout. Its scale runs the other way, from 2 (best) to 31. */
export function jpegOutput(quality: Quality): string[] {
  return [
    '-c:v',
    'mjpeg',
    '-pix_fmt',
    'yuvj420p',
    '-q:v',
    `${20 - 2 * quality}`,
    '-flags:v',
    '+bitexact',
    '-f',
    'image2pipe',
  ];
}
