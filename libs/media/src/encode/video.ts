import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FarmError } from '@worldfarm/core';
import { encoderNames } from '../ffmpeg/encoders.ts';
import { runToFile } from '../ffmpeg/run.ts';
import type { Size } from '../formats/image-size.ts';
import { frameBytes } from '../frames/chunk.ts';
import { toRate } from '../frames/rate.ts';
import { CODECS, type Container, pickEncoder, type Quality, type VideoCodec } from './codecs.ts';
import { encodePlan, type Still } from './plan.ts';

const HOUR_MS = 3_600_000;

export interface EncodeVideoOptions {
  /** RGB24, row by row from the top left; chunks need not be whole frames. Read no faster than encoded. */
  frames: AsyncIterable<Uint8Array>;
  /** Size of those frames. */
  frameSize: Size;
  /** Size of the video (default `frameSize`); scaled with Lanczos. Even numbers, except for lossless. */
  size?: Size;
  /** Frames per second; 23.976, 29.97 and 59.94 mean n * 1000/1001. */
  fps: number;
  /** Default `h264`. */
  codec?: VideoCodec;
  /** Default `mp4`. */
  container?: Container;
  /** Default 5. */
  quality?: Quality;
  /** Where the file goes, over what is there. Until it is whole it lies beside, as `<path>.partial`. */
  path: string;
  /** Wall clock, waiting for frames included (default an hour). */
  timeoutMs?: number;
  /** Writes a JPEG of one frame too, as {@link thumbnail} would; a video that is too short for it has none. */
  still?: Still;
  signal?: AbortSignal;
}

export interface EncodedVideo extends Size {
  path: string;
  bytes: number;
  /** Of the file, hex. */
  sha256: string;
  frames: number;
  fps: number;
  /** ffprobe's name: `h264`, `vp9`, `av1`. */
  codec: string;
  seconds: number;
  /** Whether the still was written. */
  hasStill: boolean;
}

/**
 * Encodes frames into a video file: as many frames as came in, at exactly that size and rate. The same frames
 * and options give the same bytes on every machine with the same ffmpeg build.
 * @throws `render_failed` when ffmpeg gives up or the last frame is not whole, `dependency_unavailable`
 *   when it lacks the encoder, and whatever `frames` throws; no file is left behind then
 */
export async function encodeVideo(options: EncodeVideoOptions): Promise<EncodedVideo> {
  const {
    frameSize,
    size = frameSize,
    codec = 'h264',
    container = 'mp4',
    quality = 5,
    still,
    signal,
  } = options;
  checkShape(codec, container, size);
  const encoder = pickEncoder(codec, await encoderNames());
  if (!encoder) throw new FarmError('dependency_unavailable', `ffmpeg has no encoder for ${codec}.`);
  const rate = toRate(options.fps);
  const timeoutMs = options.timeoutMs ?? HOUR_MS;
  const plan = encodePlan({ frameSize, size, rate, codec, container, quality, encoder, timeoutMs, still });

  const path = resolve(options.path);
  const partial = `${path}.partial`;
  const counter = countFrames(options.frames, frameBytes(frameSize));
  try {
    await runToFile(plan, counter.chunks, partial, signal);
    const sha256 = await digestOf(partial, signal);
    const { size: bytes } = await stat(partial);
    await rename(partial, path);
    const frames = counter.count();
    const fps = rate.num / rate.den;
    return {
      path,
      bytes,
      sha256,
      ...size,
      frames,
      fps,
      codec: CODECS[codec].stored,
      seconds: frames / fps,
      hasStill: still !== undefined && still.frame < frames,
    };
  } catch (error) {
    await rm(partial, { force: true });
    if (still) await rm(still.path, { force: true });
    throw error;
  }
}

function checkShape(codec: VideoCodec, container: Container, { width, height }: Size): void {
  if (!CODECS[codec].containers.includes(container)) {
    throw new FarmError('invalid_request', `${codec} video does not go into ${container}.`, {
      param: 'format',
    });
  }
  if (CODECS[codec].pixelFormat === 'yuv420p' && (width % 2 || height % 2)) {
    throw new FarmError('invalid_request', 'Width and height must be even.', { param: 'size' });
  }
}

/** ffmpeg drops a broken last frame without a word, so it is counted here. */
function countFrames(frames: AsyncIterable<Uint8Array>, size: number) {
  let bytes = 0;
  async function* chunks() {
    for await (const chunk of frames) {
      bytes += chunk.byteLength;
      yield chunk;
    }
    if (bytes === 0 || bytes % size !== 0) {
      throw new FarmError('render_failed', 'The rendered frames are not whole.');
    }
  }
  return { chunks: chunks(), count: () => bytes / size };
}

async function digestOf(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex');
}
