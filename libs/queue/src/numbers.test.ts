import assert from 'node:assert/strict';
import { it } from 'node:test';
import { never, useFarm } from './testing/harness.ts';

const at = useFarm();

it('counts jobs by priority and state, and the age of the oldest that waits', async () => {
  await at.submit({ priority: 'high' });
  const claim = await at.lane().next(never);
  await at.submit({ priority: 'low', createdAt: Date.now() });
  await at.submit({ priority: 'low' });
  const retried = await at.submit({ priority: 'high' });
  const second = await at.lane('w2').next(never);
  assert.equal(second.record.spec.id, retried);
  const error = { type: 'render_failed' as const, message: 'no' };
  await second.fail(error, { retry: true, countAttempt: true, delayMs: 60_000 });

  const { jobs, oldest } = await at.farm.numbers();
  const found = jobs.filter(({ count }) => count > 0);
  const queue = { profile: 'null', tier: '256' as const };
  assert.deepEqual(
    found.toSorted((a, b) => (a.state < b.state ? -1 : 1)),
    [
      { ...queue, priority: 'high', state: 'active', count: 1 },
      { ...queue, priority: 'high', state: 'delayed', count: 1 },
      { ...queue, priority: 'low', state: 'waiting', count: 2 },
    ],
  );
  assert.ok(oldest[0]!.seconds > 0 && oldest[0]!.seconds < 60);
  claim.release();
});
