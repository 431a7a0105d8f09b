import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Batch } from '@worldfarm/client';
import { batchBar, batchLine, duration } from './batch-bar.ts';

const batch = (over: Partial<Batch> = {}): Batch => ({
  id: 'batch_1',
  object: 'batch',
  name: 'a',
  status: 'running',
  profile: 'null',
  counts: { total: 40, queued: 28, active: 1, succeeded: 10, failed: 1, canceled: 0, invalid: 2 },
  progress: 0.275,
  rows_per_second: 0.5,
  eta_seconds: 58,
  output: { prefix: 'datasets/a/', layout: 'folder' },
  ...over,
});

describe('the line of a batch', () => {
  it('has its share, counts, pace and the time that is left', () => {
    assert.equal(batchLine(batch()).slice(26), '27%  10/40  running  1 failed  2 invalid  0.50/s  ETA 58s');
  });

  it('says how long in the largest units', () => {
    assert.deepEqual([5, 200, 3720].map(duration), ['5s', '3m 20s', '1h 02m']);
  });
});

describe('the bar', () => {
  it('is printed again only when a tenth more is done, where it cannot be drawn over', () => {
    const written: string[] = [];
    const bar = batchBar({ write: (text) => written.push(text) });
    for (const progress of [0.1, 0.15, 0.19, 0.2]) bar.show(batch({ progress }));
    assert.equal(written.length, 2);
  });
});
