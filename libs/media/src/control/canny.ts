import { setImmediate } from 'node:timers/promises';
import type { Size } from '../formats/image-size.ts';

/** Below this slope (tan 22.5 degrees) a gradient points along an axis. */
const AXIS_SLOPE = Math.SQRT2 - 1;

const HORIZONTAL = 0;
const VERTICAL = 1;
const FALLING = 2;
const RISING = 3;

/**
 * Canny's edge detector, as OpenCV runs it on colour: 3 x 3 Sobel, the strongest channel of each pixel,
 * |gx| + |gy|, thresholds on that sum. (ffmpeg's own drops every edge that is perfectly sharp, because both
 * its sides are equally steep.)
 * @param rgb one RGB24 frame
 * @param low gradients above this are edges where they touch an edge
 * @param high gradients above this are edges
 * @returns one byte a pixel: 255 on edges, else 0
 * @see J. Canny, A Computational Approach to Edge Detection, 1986
 */
export async function canny(rgb: Uint8Array, size: Size, low: number, high: number): Promise<Uint8Array> {
  const { magnitude, direction } = await sobel(rgb, size);
  const ridge = ridges(magnitude, direction, size);
  await setImmediate();
  return hysteresis(ridge, size, low, high);
}

/** Rows between two looks at what else the process has to do: about 10 ms of a 720p frame. */
const ROWS_AT_ONCE = 128;

/**
 * Steepness and direction of each pixel; the steepness in a frame of zeros, one pixel wide. The picture is
 * continued past its border by its last pixels.
 */
async function sobel(rgb: Uint8Array, { width, height }: Size) {
  const magnitude = new Uint16Array((width + 2) * (height + 2));
  const direction = new Uint8Array(width * height);
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    if (y % ROWS_AT_ONCE === 0) await setImmediate();
    const above = Math.max(y - 1, 0) * stride;
    const here = y * stride;
    const below = Math.min(y + 1, height - 1) * stride;
    for (let x = 0; x < width; x++) {
      const left = Math.max(x - 1, 0) * 3;
      const centre = x * 3;
      const right = Math.min(x + 1, width - 1) * 3;
      let most = -1;
      let bestX = 0;
      let bestY = 0;
      for (let c = 0; c < 3; c++) {
        const topLeft = rgb[above + left + c]!;
        const topRight = rgb[above + right + c]!;
        const bottomLeft = rgb[below + left + c]!;
        const bottomRight = rgb[below + right + c]!;
        const gx =
          topRight +
          bottomRight -
          topLeft -
          bottomLeft +
          2 * (rgb[here + right + c]! - rgb[here + left + c]!);
        const gy =
          bottomLeft +
          bottomRight -
          topLeft -
          topRight +
          2 * (rgb[below + centre + c]! - rgb[above + centre + c]!);
        const sum = Math.abs(gx) + Math.abs(gy);
        if (sum > most) {
          most = sum;
          bestX = gx;
          bestY = gy;
        }
      }
      magnitude[(y + 1) * (width + 2) + x + 1] = most;
      direction[y * width + x] = directionOf(bestX, bestY);
    }
  }
  return { magnitude, direction };
}

function directionOf(gx: number, gy: number): number {
  const x = gx < 0 ? -gx : gx;
  const y = gy < 0 ? -gy : gy;
  if (y < x * AXIS_SLOPE) return HORIZONTAL;
  if (x < y * AXIS_SLOPE) return VERTICAL;
  return gx < 0 === gy < 0 ? FALLING : RISING;
}

/** Keeps the magnitudes that no neighbour across the edge exceeds; of two equal ones along an axis, the first. */
function ridges(framed: Uint16Array, direction: Uint8Array, { width, height }: Size): Uint16Array {
  const kept = new Uint16Array(width * height);
  const stride = width + 2;
  const toBefore = [-1, -stride, -stride - 1, -stride + 1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const centre = (y + 1) * stride + x + 1;
      const value = framed[centre]!;
      const way = direction[at]!;
      const offset = toBefore[way]!;
      const after = framed[centre - offset]!;
      const isRidge = value > framed[centre + offset]! && (way <= VERTICAL ? value >= after : value > after);
      if (isRidge) kept[at] = value;
    }
  }
  return kept;
}

/** Follows weak ridges from strong ones, over all eight neighbours. */
function hysteresis(ridge: Uint16Array, { width, height }: Size, low: number, high: number): Uint8Array {
  const edges = new Uint8Array(width * height);
  const open: number[] = [];
  const mark = (at: number) => {
    edges[at] = 255;
    open.push(at);
  };
  for (let at = 0; at < ridge.length; at++) {
    if (ridge[at]! > high && edges[at] === 0) mark(at);
    for (let from = open.pop(); from !== undefined; from = open.pop()) {
      const [x, y] = [from % width, Math.floor(from / width)];
      for (let ny = Math.max(y - 1, 0); ny <= Math.min(y + 1, height - 1); ny++) {
        for (let nx = Math.max(x - 1, 0); nx <= Math.min(x + 1, width - 1); nx++) {
          const next = ny * width + nx;
          if (edges[next] === 0 && ridge[next]! > low) mark(next);
        }
      }
    }
  }
  return edges;
}
