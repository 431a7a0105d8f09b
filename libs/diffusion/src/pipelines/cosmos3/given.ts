import type { Size } from '@worldfarm/core';
import type { Autoencoder } from '../../models/vae.ts';
import type { Normalisation } from '../../models/normalisation.ts';
import type { RenderRequest, WindowPlan } from '../../request.ts';
import { slice } from '../../tensor/slice.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { clipFrames, extend, imageFrame, range } from '../cosmos/frames.ts';

/** Clean latent frames of a window. */
export interface GivenLatents {
  /** `[1, C, n, H, W]`, n reaching at least to the last index. */
  readonly latents: Tensor;
  readonly indexes: readonly number[];
}

interface GivenClip {
  readonly video: Tensor;
  readonly indexes: readonly number[];
}

function givenClip(
  request: RenderRequest,
  size: Size,
  window: WindowPlan,
  temporal: number,
  before: Tensor | undefined,
): GivenClip | undefined {
  if (before) return { video: before, indexes: range(1 + Math.floor((before.dims[2]! - 1) / temporal)) };
  if (request.mode === 'image2video') return { video: imageFrame(request, size), indexes: [0] };
  if (request.mode === 'transfer' && request.video && request.firstFrames) {
    const video = clipFrames(request.video, size, 0, Math.min(request.firstFrames, window.frames));
    return { video, indexes: range(1 + Math.floor((video.dims[2]! - 1) / temporal)) };
  }
  if (request.mode !== 'video2video') return undefined;
  const frames = 1 + (window.frames - 1) / temporal;
  const wanted = request.conditionFrames ?? [0, 1];
  const indexes = wanted.filter((index) => index >= 0 && index < frames);
  const reach = Math.max(...wanted) * temporal + 1;
  const start = request.conditionKeep === 'last' ? -reach : 0;
  const end = request.conditionKeep === 'last' ? undefined : reach;
  return { video: clipFrames(request.video!, size, start, end), indexes };
}

/** Encodes what a window is given: its image, frames of its clip, or the end of the window before. */
export async function encodeGiven(
  request: RenderRequest,
  size: Size,
  window: WindowPlan,
  temporal: number,
  before: Tensor | undefined,
  vae: Autoencoder,
  norm: Normalisation,
): Promise<GivenLatents | undefined> {
  const given = givenClip(request, size, window, temporal, before);
  if (!given || given.indexes.length === 0) return undefined;
  // Causal: latents need no frames after them. A clip that is too short holds its last frame.
  const frames = 1 + Math.max(...given.indexes) * temporal;
  const video = extend(slice(given.video, 2, 0, Math.min(frames, given.video.dims[2]!)), frames, 'last');
  return { latents: norm.toSampler(await vae.encode(video)), indexes: given.indexes };
}
