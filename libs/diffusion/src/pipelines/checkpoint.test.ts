import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor/tensor.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';

const checkpoint = {
  finished: [tensor([1, 2], Float32Array.of(1.5, -2))],
  step: 3,
  current: {
    latents: tensor([3], Float32Array.of(0.1, 0.2, 0.3)),
    previous: tensor([1, 1], Float32Array.of(9)),
  },
};

test('a checkpoint comes back as it was saved, from any offset of a larger buffer', () => {
  const bytes = encodeCheckpoint(checkpoint, 'abc');
  const inside = new Uint8Array(bytes.length + 3);
  inside.set(bytes, 3);
  assert.deepEqual(decodeCheckpoint(inside.subarray(3), 'abc'), checkpoint);
});

test('a checkpoint of another render, a cut one and garbage are passed over', () => {
  const bytes = encodeCheckpoint(checkpoint, 'abc');
  assert.equal(decodeCheckpoint(bytes, 'abd'), undefined);
  assert.equal(decodeCheckpoint(bytes.subarray(0, bytes.length - 4), 'abc'), undefined);
  assert.equal(decodeCheckpoint(new Uint8Array(40).fill(7), 'abc'), undefined);
  assert.equal(decodeCheckpoint(new Uint8Array(0), 'abc'), undefined);
});
