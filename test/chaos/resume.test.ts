import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKPOINT_SECONDS, runResume } from './resume.ts';

/** Time for a step and for storing it, on a machine that does other things as well. */
const SLACK_SECONDS = 2;

/** The short form; `npm run test:chaos -- --resume 20` is the long one. */
test('a render whose worker is killed or preempted at a random step gives the bytes of an undisturbed one', async () => {
  const { kills } = await runResume({ kills: 3, seed: 3, say: () => {} });
  assert.equal(kills.length, 3);
  for (const { signal, same, step, resumedAt, attempts, lostSeconds } of kills) {
    assert.equal(same, true);
    if (signal === 'SIGTERM') {
      assert.ok(resumedAt >= step, `handed back at step ${step}, resumed at ${resumedAt}`);
      assert.equal(attempts, 1, 'a hand-back is no attempt');
    }
    assert.ok(lostSeconds < CHECKPOINT_SECONDS + SLACK_SECONDS, `${lostSeconds} s lost`);
  }
  assert.ok(
    kills.some(({ resumedAt }) => resumedAt > 0),
    'at least one was resumed at a checkpoint',
  );
});
