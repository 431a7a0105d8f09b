import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobRecord } from '@worldfarm/core';
import { etaSeconds } from './job.ts';

const running = (value: number, over: object = {}) =>
  ({
    status: 'active',
    startedAt: 1000,
    progress: { value, stage: 'steps' },
    ...over,
  }) as unknown as JobRecord;

describe('etaSeconds', () => {
  it('takes the rest to go as fast as what is done', () => {
    assert.equal(etaSeconds(running(0.5), 11_000), 10);
    assert.equal(etaSeconds(running(0.9), 91_000), 10);
  });
  it('says nothing at the beginning, before it and after the end', () => {
    assert.equal(etaSeconds(running(0.01), 11_000), undefined);
    assert.equal(etaSeconds(running(0.5, { status: 'queued' }), 11_000), undefined);
    assert.equal(etaSeconds(running(1, { status: 'succeeded' }), 11_000), undefined);
  });
});
