import { mRope, type RopeTable, videoPositions } from '../../models/rope.ts';
import { concat } from '../../tensor/slice.ts';
import { fitPlane } from '../../tensor/plane.ts';
import { full, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Cosmos3Rope } from './settings.ts';

/** Latents `[1, C, T, H, W]` with even rows and columns, so that they make whole patches. */
export function toPatches(x: Tensor): Tensor {
  const [h, w] = x.dims.slice(-2) as [number, number];
  return fitPlane(x, h + (h % 2), w + (w % 2));
}

/** Clean control items and the target, as one sequence: the target last. */
export function sequence(controls: readonly Tensor[], target: Tensor): Tensor {
  return concat([...controls, target].map(toPatches), 0);
}

/** `[items, T]`: 1 on frames that carry noise; controls and given frames carry none. */
export function noisyMask(items: number, frames: number, given: readonly number[]): Tensor {
  const mask = tensor([items, frames]);
  const target = full([frames], 1);
  for (const index of given) target.data[index] = 0;
  mask.data.set(target.data, (items - 1) * frames);
  return mask;
}

/** Rotary table of `items` items that all begin at the same place after a text of `textTokens`. */
export function visionRope(
  rope: Cosmos3Rope,
  [, , t, h, w]: readonly number[],
  items: number,
  textTokens: number,
  fps: number,
): RopeTable {
  const grid = { t: t!, h: Math.ceil(h! / 2), w: Math.ceil(w! / 2) };
  const rate = rope.fps_modulation ? { fps, base: rope.base_fps, temporal: rope.temporal } : undefined;
  const positions = videoPositions(grid, textTokens + rope.margin, rate);
  const tokens = items * grid.t * grid.h * grid.w;
  return mRope(tokens, { headDim: rope.head_dim, theta: rope.theta, section: rope.section }, positions);
}
