import { type Tensor, tensor } from './tensor.ts';

/**
 * RGB24 bytes to `[1, 3, frames, height, width]` in -1..1. Throws when the byte count does not fit.
 */
export function fromRgb(data: Uint8Array, frames: number, height: number, width: number): Tensor {
  const plane = height * width;
  if (data.length !== frames * plane * 3) {
    throw new RangeError(`expected ${frames} frames of ${width}x${height} RGB24, got ${data.length} bytes`);
  }
  const out = tensor([1, 3, frames, height, width]);
  for (let f = 0; f < frames; f++) {
    for (let c = 0; c < 3; c++) {
      const to = (c * frames + f) * plane;
      const from = f * plane * 3 + c;
      for (let i = 0; i < plane; i++) out.data[to + i] = data[from + i * 3]! / 127.5 - 1;
    }
  }
  return out;
}

/** Frames `start` to `end` of `[1, 3, frames, height, width]` in -1..1 as RGB24 bytes, rounded to nearest. */
export function toRgb(video: Tensor, start = 0, end = video.dims[2]!): Uint8Array<ArrayBuffer> {
  const [, , frames, height, width] = video.dims as [number, number, number, number, number];
  const plane = height * width;
  // Clamped arrays round half to even and saturate, in one pass.
  const out = new Uint8ClampedArray((end - start) * plane * 3);
  for (let f = start; f < end; f++) {
    for (let c = 0; c < 3; c++) {
      const from = (c * frames + f) * plane;
      const to = (f - start) * plane * 3 + c;
      for (let i = 0; i < plane; i++) out[to + i * 3] = (video.data[from + i]! + 1) * 127.5;
    }
  }
  return new Uint8Array(out.buffer);
}
