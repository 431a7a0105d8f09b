import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRecord } from './job.ts';
import { attemptPrefix, isWanted, parseAttemptKey } from './object-keys.ts';

const record = (over: Partial<JobRecord>) =>
  ({ spec: { id: 'j' }, status: 'active', fence: 2, failures: [], metrics: {}, ...over }) as JobRecord;

test('a key tells its job and fence, wherever the client wanted it', () => {
  const id = '01999999-aaaa-7bbb-8ccc-0123456789ab';
  const spec = { id, outputPrefix: 'run/7/' };
  const chosen = `${attemptPrefix(record({ spec: spec as JobRecord['spec'] }))}video.mp4`;
  assert.equal(chosen, `outputs/run/7/${id}/2/video.mp4`);
  assert.deepEqual(parseAttemptKey(chosen), { id, fence: 2 });
  assert.deepEqual(parseAttemptKey(`jobs/${id}/3/video.mp4`), { id, fence: 3 });
  assert.deepEqual(parseAttemptKey(`checkpoints/${id}/4`), { id, fence: 4 });
  assert.equal(parseAttemptKey('inputs/abc'), undefined);
  assert.equal(parseAttemptKey('outputs/set/videos/0001/a.mp4'), undefined, "a dataset's own folders");
});

test('only the running attempt, its checkpoint and the published output are wanted', () => {
  const key = 'jobs/j/2/video.mp4';
  assert.equal(isWanted(key, 2, record({})), true);
  assert.equal(isWanted('jobs/j/1/video.mp4', 1, record({})), false);
  assert.equal(isWanted(key, 2, undefined), false);
  assert.equal(isWanted(key, 2, record({ status: 'canceled' })), false);
  assert.equal(
    isWanted('checkpoints/j/1', 1, record({ status: 'queued', checkpoint: 'checkpoints/j/1' })),
    true,
  );
  assert.equal(
    isWanted('checkpoints/j/1', 1, record({ status: 'failed', checkpoint: 'checkpoints/j/1' })),
    false,
  );
  const published = record({ status: 'succeeded', output: { thumbnail: { key } as never } });
  assert.equal(isWanted(key, 2, published), true);
  assert.equal(isWanted('jobs/j/2/other', 2, published), false);
});
