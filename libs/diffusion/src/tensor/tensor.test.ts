import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRgb, toRgb } from './rgb.ts';
import { concat, paste, slice } from './slice.ts';
import { tensor } from './tensor.ts';

const counting = (...dims: number[]) =>
  tensor(
    dims,
    Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => i),
  );

test('a slice of an inner axis is what indexing gives, and joining the parts gives the whole', () => {
  const x = counting(2, 3, 4);
  assert.deepEqual([...slice(x, 1, 1, 2).data], [4, 5, 6, 7, 16, 17, 18, 19]);
  assert.deepEqual(concat([slice(x, 1, 0, 2), slice(x, 1, 2, 3)], 1), x);
  assert.throws(() => slice(x, 1, 2, 4), RangeError);
});

test('pasting changes only the named stretch of the axis', () => {
  const x = counting(2, 3, 1);
  paste(x, 1, 1, tensor([2, 1, 1], Float32Array.of(-1, -2)));
  assert.deepEqual([...x.data], [0, -1, 2, 3, -2, 5]);
  assert.throws(() => paste(x, 1, 2, counting(2, 2, 1)), RangeError);
});

test('every byte survives the way to -1..1 and back', () => {
  const bytes = Uint8Array.from({ length: 2 * 4 * 32 * 3 }, (_, i) => i % 256);
  assert.deepEqual(toRgb(fromRgb(bytes, 2, 4, 32)), bytes);
  assert.deepEqual(toRgb(fromRgb(bytes, 2, 4, 32), 1, 2), bytes.slice(384));
  assert.throws(() => fromRgb(bytes, 2, 4, 31), RangeError);
});

test('values outside -1..1 saturate', () => {
  const video = tensor([1, 3, 1, 1, 1], Float32Array.of(-1.5, 0, 1.5));
  assert.deepEqual([...toRgb(video)], [0, 128, 255]);
});
