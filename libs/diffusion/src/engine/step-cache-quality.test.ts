import assert from 'node:assert/strict';
import { it } from 'node:test';
import { POCKET_WORLD } from '../test-support/files.ts';
import { measureStepCache } from './step-cache-quality.ts';

const measure = (threshold: number) =>
  measureStepCache(POCKET_WORLD, threshold, { digests: false, warmUp: false }, { steps: 12 });

it('a step cache that skips nothing changes nothing; one that skips says what it costs', async () => {
  const idle = await measure(1e-9);
  assert.equal(idle.skipped, 0);
  assert.equal(idle.psnr, Number.POSITIVE_INFINITY);
  const eager = await measure(0.2);
  assert.ok(eager.skipped > 0 && eager.skipped < 1, `${eager.skipped} of the steps`);
  assert.ok(eager.psnr > 15 && eager.psnr < 60, `${eager.psnr} dB`);
});
