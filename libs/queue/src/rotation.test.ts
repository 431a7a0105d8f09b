import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rotation } from './rotation.ts';

const queue = (tier: '256' | '480' | '720', weight: number) => ({ profile: 'p', tier, weight });

describe('rotation', () => {
  it('tries every queue, the biggest weight first most often', () => {
    const next = rotation([queue('256', 1), queue('720', 4), queue('480', 2)]);
    const firsts = Array.from({ length: 7 }, () => next()[0]!.tier);
    assert.deepEqual(firsts.filter((tier) => tier === '720').length, 4);
    assert.deepEqual(firsts.filter((tier) => tier === '480').length, 2);
    assert.deepEqual(firsts.filter((tier) => tier === '256').length, 1);
    assert.deepEqual(new Set(next().map(({ tier }) => tier)), new Set(['720', '480', '256']));
  });
});
