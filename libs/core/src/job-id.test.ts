import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newJobId } from './job-id.ts';

describe('newJobId', () => {
  it('is a UUID of version 7', () => {
    assert.match(newJobId(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
  it('sorts by the moment it was made, also within one', () => {
    const ids = Array.from({ length: 10_000 }, () => newJobId(Date.now()));
    assert.deepEqual(ids.toSorted(), ids);
    assert.equal(new Set(ids).size, ids.length);
  });
});
