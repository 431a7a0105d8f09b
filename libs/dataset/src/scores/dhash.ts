const CELLS_X = 9;
const CELLS_Y = 8;
/** Differences below this are noise of the coder, not of the picture. */
const NOISE = 0.004;

/**
 * The difference hash of a picture: whether each of 8 x 8 cells is darker than its right neighbour.
 * @returns 16 hex digits
 */
export function dHash(luma: Float32Array, { width, height }: { width: number; height: number }): string {
  const cells = new Float64Array(CELLS_X * CELLS_Y);
  for (let y = 0; y < CELLS_Y; y++) {
    for (let x = 0; x < CELLS_X; x++) {
      cells[y * CELLS_X + x] = cellMean(luma, width, [x, CELLS_X, width], [y, CELLS_Y, height]);
    }
  }
  let bits = 0n;
  for (let y = 0; y < CELLS_Y; y++) {
    for (let x = 0; x < CELLS_X - 1; x++) {
      const at = y * CELLS_X + x;
      bits = (bits << 1n) | (cells[at + 1]! - cells[at]! > NOISE ? 1n : 0n);
    }
  }
  return bits.toString(16).padStart(16, '0');
}

type Span = readonly [index: number, cells: number, pixels: number];

function cellMean(luma: Float32Array, width: number, across: Span, down: Span): number {
  const [fromX, toX] = edges(across);
  const [fromY, toY] = edges(down);
  let sum = 0;
  for (let y = fromY; y < toY; y++) for (let x = fromX; x < toX; x++) sum += luma[y * width + x]!;
  return sum / ((toX - fromX) * (toY - fromY));
}

function edges([index, cells, pixels]: Span): [number, number] {
  return [Math.floor((index * pixels) / cells), Math.floor(((index + 1) * pixels) / cells)];
}
