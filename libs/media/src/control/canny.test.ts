import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paint } from '../testing/media.ts';
import { canny } from './canny.ts';

/** Edges as text, `#` for an edge. */
async function draw(
  rgb: Uint8Array,
  size: { width: number; height: number },
  low: number,
  high: number,
): Promise<string[]> {
  const edges = await canny(rgb, size, low, high);
  return Array.from({ length: size.height }, (_, y) =>
    [...edges.subarray(y * size.width, (y + 1) * size.width)].map((value) => (value ? '#' : '.')).join(''),
  );
}

const size = { width: 8, height: 5 };

describe('canny', () => {
  it('draws one line along a sharp step, upright or lying', async () => {
    const upright = paint(size, (x) => (x < 4 ? [0, 0, 0] : [255, 255, 255]));
    assert.deepEqual(await draw(upright, size, 100, 200), Array(5).fill('...#....'));
    const lying = paint(size, (_, y) => (y < 2 ? [0, 0, 0] : [255, 255, 255]));
    assert.deepEqual(await draw(lying, size, 100, 200), [
      '........',
      '########',
      '........',
      '........',
      '........',
    ]);
  });

  it('finds a step of one colour into another of the same brightness', async () => {
    const frame = paint(size, (x) => (x < 4 ? [150, 0, 0] : [0, 0, 150]));
    assert.deepEqual(await draw(frame, size, 100, 200), Array(5).fill('...#....'));
  });

  it('draws nothing on a plain picture or a soft slope', async () => {
    const isPlain = async (frame: Uint8Array, low: number, high: number) =>
      !(await draw(frame, size, low, high)).join('').includes('#');
    assert.ok(
      await isPlain(
        paint(size, () => [90, 90, 90]),
        20,
        50,
      ),
    );
    assert.ok(
      await isPlain(
        paint(size, (x) => [x * 6, x * 6, x * 6]),
        50,
        100,
      ),
    );
  });

  it('takes a step of 50 for a gradient of 200, and edges to lie above the threshold', async () => {
    const frame = paint(size, (x) => (x < 4 ? [0, 0, 0] : [50, 50, 50]));
    assert.ok((await draw(frame, size, 199, 199)).join('').includes('#'));
    assert.ok(!(await draw(frame, size, 200, 200)).join('').includes('#'));
  });

  it('follows a weak edge from a strong one, and drops a weak edge that touches none', async () => {
    const fading = paint(size, (x, y) => (x < 4 ? [0, 0, 0] : [100 - 12 * y, 0, 0]));
    assert.deepEqual(await draw(fading, size, 100, 380), Array(5).fill('....#...'));
    const weak = paint(size, (x) => (x < 4 ? [0, 0, 0] : [40, 0, 0]));
    assert.ok(!(await draw(weak, size, 100, 300)).join('').includes('#'));
  });

  it('draws a diagonal without gaps', async () => {
    const square = { width: 9, height: 9 };
    const frame = paint(square, (x, y) => (x > y ? [255, 255, 255] : [0, 0, 0]));
    const rows = (await draw(frame, square, 100, 200)).slice(1, -1);
    assert.ok(
      rows.every((row) => row.includes('#')),
      rows.join('\n'),
    );
  });
});
