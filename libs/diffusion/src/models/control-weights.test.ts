import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor/tensor.ts';
import { controlWeights, maskOnTokens } from './control-weights.ts';

const near = (found: ArrayLike<number>, wanted: readonly number[]) => {
  assert.equal(found.length, wanted.length);
  for (const [i, value] of wanted.entries())
    assert.ok(Math.abs(found[i]! - value) < 1e-6, `${found[i]} at ${i}`);
};

test('plain weights are taken as they are, and absent branches weigh nothing', () => {
  near(controlWeights([{ weight: 0.9 }, undefined, { weight: 0.8 }], 2).data, [0.9, 0.9, 0, 0, 0.8, 0.8]);
});

test('with a mask, tokens whose weights sum past 1 are scaled down, the others are not', () => {
  const mask = tensor([2], Float32Array.of(1, 0));
  near(controlWeights([{ weight: 1, mask }, { weight: 0.5 }], 2).data, [1 / 1.5, 0, 0.5 / 1.5, 0.5]);
});

test('a mask is resized with the first frame by itself and the others together', () => {
  const frames = Float32Array.from({ length: 5 * 4 }, (_, i) => (i < 4 ? 1 : Math.floor(i / 4) * 0.1));
  // Linear sampling takes the middle of the four frames: between the second and the third.
  near(maskOnTokens(tensor([5, 2, 2], frames), { t: 2, h: 1, w: 1 }).data, [1, 0.25]);
});
