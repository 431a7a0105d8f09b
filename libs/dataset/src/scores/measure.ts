import type { ClipScores } from '@worldfarm/core';
import { dHash } from './dhash.ts';

/** Frames are looked at in this size: enough for brightness, motion and edges, cheap for any clip. */
export const SCORE_SIZE = { width: 96, height: 54 } as const;
/** Frames of a clip that are looked at; a longer one is judged by its beginning. */
export const SCORE_FRAMES = 400;

/** Mean change of brightness below which two frames count as the same. */
const SAME = 0.0004;
const DARK = 0.06;
const BRIGHT = 0.94;
/** Spread of brightness below which a frame is even. */
const EVEN = 0.02;

/**
 * Measures a clip by its frames, one at a time.
 * @param frames RGB24 of {@link SCORE_SIZE}
 * @throws Error when there is none
 */
export async function scoreFrames(frames: AsyncIterable<Uint8Array>): Promise<ClipScores> {
  let before: Float32Array | undefined;
  const means: number[] = [];
  const pictures: Float32Array[] = [];
  let [count, same, black, white, motion, sharpness] = [0, 0, 0, 0, 0, 0];
  for await (const frame of frames) {
    const luma = lumaOf(frame);
    const { mean, spread } = spreadOf(luma);
    means.push(mean);
    count++;
    if (mean < DARK && spread < EVEN) black++;
    if (mean > BRIGHT && spread < EVEN) white++;
    sharpness += laplacianVariance(luma);
    if (before) {
      const change = meanChange(before, luma);
      motion += change;
      if (change < SAME) same++;
    }
    before = luma;
    pictures.push(luma);
  }
  if (count === 0) throw new Error('the clip has no frames');
  const pairs = Math.max(1, count - 1);
  return {
    frozen: round(count === 1 ? 1 : same / pairs),
    black: round(black / count),
    white: round(white / count),
    flicker: round(flickerOf(means)),
    motion: round(motion / pairs),
    sharpness: round(sharpness / count),
    phash: [0, 0.5, 1].map((part) => dHash(pictures[Math.round(part * (count - 1))]!, SCORE_SIZE)).join(''),
  };
}

/** BT.601 brightness, 0 to 1. */
function lumaOf(rgb: Uint8Array): Float32Array {
  const luma = new Float32Array(rgb.length / 3);
  for (let pixel = 0; pixel < luma.length; pixel++) {
    const at = pixel * 3;
    luma[pixel] = (0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!) / 255;
  }
  return luma;
}

function spreadOf(luma: Float32Array): { mean: number; spread: number } {
  let [sum, squares] = [0, 0];
  for (const value of luma) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / luma.length;
  return { mean, spread: Math.sqrt(Math.max(0, squares / luma.length - mean * mean)) };
}

function meanChange(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += Math.abs(a[at]! - b[at]!);
  return sum / a.length;
}

/** Jumps of the mean brightness there and back again: the second difference, so that a steady fade is none. */
function flickerOf(means: readonly number[]): number {
  let sum = 0;
  for (let at = 2; at < means.length; at++) sum += Math.abs(means[at]! - 2 * means[at - 1]! + means[at - 2]!);
  return means.length > 2 ? sum / (means.length - 2) : 0;
}

function laplacianVariance(luma: Float32Array): number {
  const { width, height } = SCORE_SIZE;
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value = luma[at - 1]! + luma[at + 1]! + luma[at - width]! + luma[at + width]! - 4 * luma[at]!;
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return squares / count - (sum / count) ** 2;
}

const round = (value: number) => Number(value.toPrecision(6));
