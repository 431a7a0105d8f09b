import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FarmError } from '@worldfarm/core';
import { parseRange } from './object-reply.ts';

describe('parseRange', () => {
  it('reads the three forms of one range', () => {
    assert.deepEqual(parseRange('bytes=0-9', 100), { start: 0, end: 9 });
    assert.deepEqual(parseRange('bytes=90-', 100), { start: 90, end: 99 });
    assert.deepEqual(parseRange('bytes=-10', 100), { start: 90, end: 99 });
  });
  it('cuts an end that is past the last byte', () => {
    assert.deepEqual(parseRange('bytes=50-1000', 100), { start: 50, end: 99 });
    assert.deepEqual(parseRange('bytes=-1000', 100), { start: 0, end: 99 });
  });
  it('answers the whole file to what it does not understand', () => {
    for (const header of [undefined, '', 'lines=1-2', 'bytes=1-2,4-5', 'bytes=-', 'bytes=9-1']) {
      assert.equal(parseRange(header, 100), undefined);
    }
  });
  it('refuses a start past the end', () => {
    assert.throws(
      () => parseRange('bytes=100-', 100),
      (error: unknown) => error instanceof FarmError && error.status === 416,
    );
  });
});
