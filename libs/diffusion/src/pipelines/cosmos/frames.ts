import type { RenderRequest } from '../../request.ts';
import { fromRgb } from '../../tensor/rgb.ts';
import { concat, slice, paste } from '../../tensor/slice.ts';
import { clone, full, type Tensor, tensor } from '../../tensor/tensor.ts';

/** The request's image as one frame, `[1, 3, 1, height, width]` in -1..1. */
export function imageFrame(request: RenderRequest, size: { width: number; height: number }): Tensor {
  return fromRgb(request.image!, 1, size.height, size.width);
}

/** Frames `start` to `end` of a clip of the request; negative numbers count from its end. */
export function clipFrames(
  clip: { readonly frames: number; readonly data: Uint8Array },
  size: { width: number; height: number },
  start: number,
  end: number = clip.frames,
): Tensor {
  const from = start < 0 ? Math.max(0, clip.frames + start) : start;
  const to = Math.min(end, clip.frames);
  const bytes = size.width * size.height * 3;
  return fromRgb(clip.data.subarray(from * bytes, to * bytes), to - from, size.height, size.width);
}

/** The clip with frames added at its end up to `frames`: its last one again, or one value everywhere. */
export function extend(video: Tensor, frames: number, fill: 'last' | number): Tensor {
  const have = video.dims[2]!;
  if (have >= frames) return slice(video, 2, 0, frames);
  const rest = frames - have;
  if (typeof fill === 'number') return concat([video, full(video.dims.with(2, rest), fill)], 2);
  const last = slice(video, 2, have - 1, have);
  return concat([video, ...new Array<Tensor>(rest).fill(last)], 2);
}

/** The stretch of a clip that belongs to a window; past the clip's end its last frame is held. */
export function windowStretch(
  clip: { readonly frames: number; readonly data: Uint8Array },
  window: { readonly start: number; readonly frames: number },
  size: { width: number; height: number },
): Tensor {
  const start = Math.min(window.start, clip.frames - 1);
  return extend(clipFrames(clip, size, start, window.start + window.frames), window.frames, 'last');
}

/** Mirrored at its end until `frames` are reached: 0 1 2, 2 1 0, ...; a clip of one frame repeats it. */
export function reflect(video: Tensor, frames: number): Tensor {
  let clip = video.dims[2]! > frames ? slice(video, 2, 0, frames) : video;
  while (clip.dims[2]! < frames) {
    const have = clip.dims[2]!;
    const add = Math.min(have - 1, frames - have);
    if (add <= 0) return extend(clip, frames, 'last');
    const mirrored = Array.from({ length: add }, (_, i) => slice(clip, 2, have - 1 - i, have - i));
    clip = concat([clip, ...mirrored], 2);
  }
  return clip;
}

/** Latent frames `indexes` of `x` replaced by those of `given`; both `[1, C, T, H, W]`, `given` may be shorter. */
export function withFrames(x: Tensor, indexes: readonly number[], given: Tensor | undefined): Tensor {
  if (!given || indexes.length === 0) return x;
  const out = clone(x);
  for (const t of indexes) paste(out, 2, t, slice(given, 2, t, t + 1));
  return out;
}

/** `[1, 1, T, H, W]` with 1 on the given frames. */
export function frameMask([, , t, h, w]: readonly number[], indexes: readonly number[]): Tensor {
  const mask = tensor([1, 1, t!, h!, w!]);
  for (const index of indexes) paste(mask, 2, index, full([1, 1, 1, h!, w!], 1));
  return mask;
}

/** One value a latent frame, `[1, T]`: `given` on the indexes, `other` elsewhere. */
export function frameTimes(frames: number, indexes: readonly number[], given: number, other: number): Tensor {
  const times = full([1, frames], other);
  for (const index of indexes) times.data[index] = given;
  return times;
}

/** 0, 1, ... count - 1 */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
