import type { FrameGuardSpec, Size } from '@worldfarm/core';

/**
 * One RGB24 frame as a classifier wants it: scaled by the mean of the pixels under each, planes one after another,
 * normalised. Frames smaller than the classifier's are repeated pixel by pixel.
 */
export function toPlanes(
  frame: Uint8Array,
  { width, height }: Size,
  { width: w, height: h, mean, std }: Pick<FrameGuardSpec, 'width' | 'height' | 'mean' | 'std'>,
): Float32Array<ArrayBuffer> {
  const planes = new Float32Array(3 * w * h);
  for (let y = 0; y < h; y++) {
    const [top, bottom] = span(y, h, height);
    for (let x = 0; x < w; x++) {
      const [left, right] = span(x, w, width);
      let [red, green, blue] = [0, 0, 0];
      for (let row = top; row < bottom; row++) {
        for (let at = (row * width + left) * 3; at < (row * width + right) * 3; at += 3) {
          red += frame[at]!;
          green += frame[at + 1]!;
          blue += frame[at + 2]!;
        }
      }
      const count = (bottom - top) * (right - left) * 255;
      [red, green, blue].forEach((sum, plane) => {
        planes[plane * w * h + y * w + x] = (sum / count - mean[plane]!) / std[plane]!;
      });
    }
  }
  return planes;
}

/** The source pixels under one target pixel: at least one. */
function span(at: number, targets: number, sources: number): [number, number] {
  const from = Math.floor((at * sources) / targets);
  return [from, Math.max(from + 1, Math.floor(((at + 1) * sources) / targets))];
}
