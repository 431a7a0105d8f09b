import { readFile, stat } from 'node:fs/promises';
import { FarmError } from '@worldfarm/core';
import type { Plan } from '../ffmpeg/plan.ts';
import { runToBuffer } from '../ffmpeg/run.ts';
import { DECODE_TIMEOUT_MS, MAX_PIXELS, unreadable, untrustedInput } from '../ffmpeg/untrusted.ts';
import { readImageSize, type Size } from '../formats/image-size.ts';
import { readOrientation } from '../formats/orientation.ts';
import { type ImageType, isImage, sniff } from '../formats/sniff.ts';
import { frameBytes } from '../frames/chunk.ts';
import { coverFilter } from '../frames/filters.ts';

const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface DecodeImageOptions extends Size {
  /** Refuses bigger pictures before decoding them (default 64 million). */
  maxPixels?: number;
  signal?: AbortSignal;
}

/**
 * Decodes a JPEG, PNG or WebP into one RGB24 frame of exactly `width` x `height`: set upright, scaled to fill
 * it, and cut evenly where the shape differs.
 * @param image the file's bytes, or its path
 * @returns width * height * 3 bytes, row by row from the top left
 * @throws `unreadable_media` when it is no such picture, or one too big or too slow to decode;
 *   `body_too_large` for a file over 64 MiB
 */
export async function decodeImage(
  image: Uint8Array | string,
  options: DecodeImageOptions,
): Promise<Uint8Array> {
  const bytes = typeof image === 'string' ? await readBounded(image) : image;
  const type = sniff(bytes);
  if (!isImage(type)) throw unreadable('The image is not JPEG, PNG or WebP.');
  const stored = readImageSize(bytes);
  if (!stored) throw unreadable('The image has no readable size.');
  const maxPixels = options.maxPixels ?? MAX_PIXELS;
  if (stored.width * stored.height > maxPixels) {
    throw unreadable(`The image has ${stored.width} x ${stored.height} pixels; the limit is ${maxPixels}.`);
  }
  const plan = decodeImagePlan(type, options, readOrientation(bytes));
  const frame = await runToBuffer(plan, once(bytes), options.signal);
  if (frame.length !== frameBytes(options)) throw unreadable(plan.failure.message);
  return frame;
}

/** How to set a picture upright, by its EXIF orientation (1 to 8, of which 1 is upright). */
const UPRIGHT: Readonly<Record<number, readonly string[]>> = {
  2: ['hflip'],
  3: ['hflip', 'vflip'],
  4: ['vflip'],
  5: ['transpose=0'],
  6: ['transpose=1'],
  7: ['transpose=3'],
  8: ['transpose=2'],
};

/** The run that decodes an image from stdin into one RGB24 frame on stdout. */
export function decodeImagePlan(type: ImageType, size: Size, orientation = 1): Plan {
  const filters = [...(UPRIGHT[orientation] ?? []), coverFilter(size)];
  return {
    // Only some versions of ffmpeg turn pictures by themselves, so none may.
    input: [...untrustedInput(type, 'pipe'), '-noautorotate'],
    output: ['-vf', filters.join(','), '-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo'],
    failure: { type: 'unreadable_media', message: 'The image cannot be decoded.' },
    timeoutMs: DECODE_TIMEOUT_MS,
  };
}

async function readBounded(path: string): Promise<Uint8Array> {
  if ((await stat(path)).size > MAX_FILE_BYTES) {
    throw new FarmError('body_too_large', `The image file is longer than ${MAX_FILE_BYTES} bytes.`);
  }
  return readFile(path);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
