import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRate, rateText, toRate } from './rate.ts';

describe('toRate', () => {
  for (const [fps, expected] of [
    [24, '24/1'],
    [1, '1/1'],
    [60, '60/1'],
    [23.976, '24000/1001'],
    [23.98, '24000/1001'],
    [24000 / 1001, '24000/1001'],
    [29.97, '30000/1001'],
    [59.94, '60000/1001'],
    [12.5, '25/2'],
    [16.125, '129/8'],
    [1.001, '1001/1000'],
  ] as const) {
    it(`takes ${fps} for ${expected}`, () => assert.equal(rateText(toRate(fps)), expected));
  }

  it('refuses rates that no video has', () => {
    for (const fps of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1001])
      assert.throws(() => toRate(fps), RangeError);
  });

  it('reads back what it writes, and nothing from 0/0', () => {
    assert.deepEqual(parseRate('24000/1001'), { num: 24000, den: 1001 });
    assert.equal(parseRate('0/0'), undefined);
    assert.equal(parseRate(undefined), undefined);
  });
});
