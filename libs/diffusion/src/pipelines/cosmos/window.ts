import type { Size } from '@worldfarm/core';
import type { LatentSettings, Normalisation } from '../../models/normalisation.ts';
import { cosmosRope, type RopeTable } from '../../models/rope.ts';
import type { EncodedPrompt, TextEncoder } from '../../models/text-encoder.ts';
import type { Autoencoder } from '../../models/vae.ts';
import type { RenderRequest } from '../../request.ts';
import { slice } from '../../tensor/slice.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { clipFrames, imageFrame, range } from './frames.ts';
import type { CosmosRopeSettings } from './settings.ts';

/** Shape of a window's latents, `[1, C, T, H, W]`. */
export function latentDims(latent: LatentSettings, frames: number, { width, height }: Size): number[] {
  const { channels, spatial, temporal } = latent;
  return [1, channels, 1 + (frames - 1) / temporal, height / spatial, width / spatial];
}

/** Rotary table of a window for networks with 2x2 patches. */
export function windowRope(
  rope: CosmosRopeSettings,
  [, , t, h, w]: readonly number[],
  fps: number,
): RopeTable {
  const grid = { t: t!, h: h! / rope.patch[1], w: w! / rope.patch[2] };
  return cosmosRope(grid, {
    headDim: rope.head_dim,
    scale: rope.scale,
    fps: rope.fps ? { clip: fps, base: rope.base_fps } : undefined,
  });
}

/** The prompt and the negative prompt, and what to tell the user about them. */
export async function encodePrompts(
  text: TextEncoder,
  request: RenderRequest,
): Promise<{ prompts: readonly [EncodedPrompt, EncodedPrompt]; warnings: string[] }> {
  const prompts = [await text(request.prompt), await text(request.negativePrompt)] as const;
  const warnings = prompts[0].truncated
    ? ['the prompt is longer than the text encoder reads and was cut']
    : [];
  return { prompts, warnings };
}

/** Frames that a window begins with: the end of the window before, the request's image, or frames of its clip. */
export interface Given {
  readonly video: Tensor;
  /** Latent frames that they fill whole. */
  readonly indexes: readonly number[];
}

/**
 * @param keep how many frames of a clip that is at least as long as the window are kept, from its end
 */
export function givenFrames(
  request: RenderRequest,
  size: Size,
  window: { readonly frames: number; readonly temporal: number; readonly keep: number },
  before: Tensor | undefined,
): Given | undefined {
  const video = before ?? requestFrames(request, size, window.frames, window.keep);
  if (!video) return undefined;
  return { video, indexes: range(1 + Math.floor((video.dims[2]! - 1) / window.temporal)) };
}

function requestFrames(request: RenderRequest, size: Size, frames: number, keep: number): Tensor | undefined {
  if (request.image) return imageFrame(request, size);
  if (!request.video) return undefined;
  return clipFrames(request.video, size, request.video.frames >= frames ? -keep : 0);
}

/** Latents of given frames, on the sampler's scale. */
export interface GivenLatents {
  readonly latents: Tensor;
  readonly indexes: readonly number[];
}

/**
 * Encodes given frames with a causal autoencoder: latents need no frames after them, so the rest of the window is not
 * made up and encoded.
 * @param draw posterior noise of the whole window; without it the mean is taken
 */
export async function encodeCausal(
  given: Given | undefined,
  vae: Autoencoder,
  norm: Normalisation,
  temporal: number,
  draw?: Tensor,
): Promise<GivenLatents | undefined> {
  if (!given) return undefined;
  const count = given.indexes.length;
  const video = slice(given.video, 2, 0, 1 + (count - 1) * temporal);
  const latents = await vae.encode(video, draw && slice(draw, 2, 0, count));
  return { latents: norm.toSampler(latents), indexes: given.indexes };
}
