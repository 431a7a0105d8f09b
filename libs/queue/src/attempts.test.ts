import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttemptFailure } from '@worldfarm/core';
import { finalError, isExcluded, isExhausted, retryDelay } from './attempts.ts';

const failure = (worker: string, type: AttemptFailure['type'] = 'render_failed'): AttemptFailure => ({
  type,
  message: `broken on ${worker}`,
  attempt: 1,
  worker,
  at: 0,
});

describe('tries', () => {
  it('wait twice as long each time, up to a minute', () => {
    assert.deepEqual([1, 2, 3, 6, 7, 20].map(retryDelay), [1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
  });

  it('end with the third failure; workers that were lost do not count as failures', () => {
    const two = [failure('a'), failure('b')];
    assert.equal(isExhausted(2, two), false);
    assert.equal(isExhausted(3, [...two, failure('c', 'lost_worker')]), false);
    assert.equal(isExhausted(3, [...two, failure('c')]), true);
  });

  it('end with the tenth of any kind', () => {
    assert.equal(isExhausted(9, []), false);
    assert.equal(isExhausted(10, []), true);
  });

  it('are not given to a worker that failed the job, but to one that was lost with it', () => {
    const failures = [failure('a'), failure('b', 'lost_worker')];
    assert.deepEqual(
      ['a', 'b', 'c'].map((worker) => isExcluded({ failures }, worker)),
      [true, false, false],
    );
  });

  it('end with every reason, or with the one that there is', () => {
    const failures = [failure('a'), failure('b'), failure('c')];
    const { message } = finalError(failures[2]!, failures);
    for (const { worker } of failures) assert.ok(message.includes(`on ${worker}: broken on ${worker}`));
    assert.deepEqual(finalError(failures[0]!, failures.slice(0, 1)), failures[0]);
  });
});
