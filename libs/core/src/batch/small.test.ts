import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { canonicalJson } from './canonical.ts';
import { batchJobId, findBatchId } from './ids.ts';
import { permuted } from './permute.ts';
import { Seen } from './seen.ts';
import { splitOf } from './split.ts';
import { batchCounts, batchEta, isOverErrors } from './status.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('canonical JSON', () => {
  it('does not depend on the order of keys, and leaves out what is undefined', () => {
    assert.equal(
      canonicalJson({ b: [1, { d: undefined, c: 'x' }], a: null }),
      '{"a":null,"b":[1,{"c":"x"}]}',
    );
  });
});

describe('a split', () => {
  it('takes its share, and depends on the key alone', () => {
    const shares = { train: 8, test: 2 };
    const keys = Array.from({ length: 2000 }, (_, nth) => `row ${nth}`);
    const tests = keys.filter((key) => splitOf(key, shares, digest) === 'test');
    assert.ok(tests.length > 330 && tests.length < 470, `${tests.length} of 2000`);
    assert.ok(tests.every((key) => splitOf(key, { train: 0.8, test: 0.2 }, digest) === 'test'));
  });
});

describe('a permutation', () => {
  it('meets every number once', () => {
    for (const count of [1, 2, 3, 17, 256, 1000]) {
      const all = new Set(Array.from({ length: count }, (_, nth) => permuted(nth, count, 42)));
      assert.equal(all.size, count);
      assert.ok([...all].every((value) => value >= 0 && value < count));
    }
  });
});

describe('names that were seen', () => {
  it('are known by the line where they came first, however many there are', () => {
    const seen = new Seen();
    for (let line = 1; line <= 5000; line++) assert.equal(seen.note(digest(`name ${line}`), line), 0);
    assert.equal(seen.note(digest('name 77'), 9999), 77);
    assert.equal(seen.find(digest('name 4999')), 4999);
    assert.equal(seen.find(digest('another')), 0);
    seen.note('aaaa000011111111', 1);
    assert.equal(seen.find('bbbb000011111111'), 0);
    assert.equal(seen.find('aaaa000022220000'), 0);
  });
});

describe('the job of a row', () => {
  it('has an id that follows from batch and row, and sorts by the moment of the batch', () => {
    const at = Date.UTC(2026, 0, 1);
    const id = batchJobId('batch_a', at, 'key', digest);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(batchJobId('batch_a', at, 'key', digest), id);
    assert.notEqual(batchJobId('batch_b', at, 'key', digest), id);
    assert.ok(batchJobId('batch_a', at + 1, 'key', digest).slice(0, 13) > id.slice(0, 13));
  });
});

describe('a batch id', () => {
  it('is found in the name of a file', () => {
    assert.equal(findBatchId('/a/cones.batch_0123456789abcdef0123.yaml'), 'batch_0123456789abcdef0123');
    assert.equal(findBatchId('batch_1.yaml'), undefined);
  });
});

describe('too many failures', () => {
  it('are none, the first, a number or a share, as the batch says', () => {
    assert.equal(isOverErrors('continue', 100, 100), false);
    assert.equal(isOverErrors('stop', 0, 100), false);
    assert.equal(isOverErrors('stop', 1, 100), true);
    assert.equal(isOverErrors({ stop_after: 3 }, 2, 100), false);
    assert.equal(isOverErrors({ stop_after: 3 }, 3, 100), true);
    assert.equal(isOverErrors({ stop_after: 0.1 }, 9, 100), false);
    assert.equal(isOverErrors({ stop_after: 0.1 }, 10, 100), true);
  });
});

describe('counts', () => {
  it('take rows whose jobs wait for queued, and staged clips for succeeded', () => {
    const rows = { pending: 5, open: 4, staged: 2, done: 3, failed: 1, canceled: 1 };
    assert.deepEqual(batchCounts(rows, 1, 7), {
      total: 16,
      queued: 8,
      active: 1,
      succeeded: 5,
      failed: 1,
      canceled: 1,
      invalid: 7,
    });
  });

  it('say how long it will take from how long it took', () => {
    assert.equal(batchEta(90, 10, 20), 180);
    assert.equal(batchEta(90, 0, 20), undefined);
    assert.equal(batchEta(0, 0, 0), 0);
  });
});
