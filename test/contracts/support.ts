import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobRecord } from '@worldfarm/core';
import { encodeVideo, probe } from '@worldfarm/media';

/** Frames of one colour, small: the encoder scales them up. */
const SMALL = { width: 32, height: 18 };

async function* plainFrames(count: number): AsyncGenerator<Uint8Array> {
  const frame = new Uint8Array(SMALL.width * SMALL.height * 3).fill(90);
  for (let i = 0; i < count; i++) yield frame;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(tmpdir(), { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-contract-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A real video file of a size, length and rate. */
export function makeVideo(
  size: { width: number; height: number },
  frames: number,
  fps: number,
): Promise<Buffer> {
  return inFolder(async (folder) => {
    const path = join(folder, 'clip.mp4');
    await encodeVideo({ frames: plainFrames(frames), frameSize: SMALL, size, fps, quality: 1, path });
    return readFile(path);
  });
}

/** What a worker would make of a job, as far as ffprobe can tell. */
export function renderPlan({ spec: { plan } }: JobRecord): Promise<Buffer> {
  return makeVideo(plan, plan.frames, plan.fps);
}

/** Size, frames and rate of a base64 video, as ffprobe reads them. */
export function geometryOf(base64: string): Promise<string> {
  return inFolder(async (folder) => {
    const path = join(folder, 'reply.mp4');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(path, Buffer.from(base64, 'base64'));
    const { width, height, frames, fps } = await probe(path);
    return `${width}x${height} ${frames} frames ${fps} fps`;
  });
}
