import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { type ErrorType, FarmError } from '@worldfarm/core';
import type { Size } from '../formats/image-size.ts';

/** A folder that goes with the test file. */
export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-media-'));
  after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a file with ffmpeg, around the code under test. */
export async function make(path: string, ...args: string[]): Promise<string> {
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...args, '-threads', '2', path]);
  return path;
}

/** ffmpeg's moving test picture as an input. */
export function testPicture({ width, height }: Size, fps: number, frames: number): string[] {
  return ['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${fps}:duration=${frames / fps}`];
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** A frame whose pixel at (x, y) is `colour(x, y)`. */
export function paint({ width, height }: Size, colour: (x: number, y: number) => Rgb): Uint8Array {
  const frame = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) frame.set(colour(i % width, Math.floor(i / width)), i * 3);
  return frame;
}

/** `count` frames, each a little different from the one before. */
export async function* movingFrames(size: Size, count: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n++)
    yield paint(size, (x, y) => [(x * 3 + n * 5) & 255, (y * 5) & 255, (n * 7) & 255]);
}

export function pixel(frame: Uint8Array, { width }: Size, x: number, y: number): Rgb {
  const at = (y * width + x) * 3;
  return [frame[at] ?? -1, frame[at + 1] ?? -1, frame[at + 2] ?? -1];
}

/** Whether two colours are the same to the eye, as lossy codecs keep them. */
export function isNear(a: Rgb, b: Rgb, tolerance = 8): boolean {
  return a.every((value, i) => Math.abs(value - (b[i] ?? 0)) <= tolerance);
}

export function failsWith(type: ErrorType, message = /./): (error: unknown) => boolean {
  return (error) => error instanceof FarmError && error.type === type && message.test(error.message);
}
