import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DELAYS_MS, delayAfter, parseRetryAfter, WINDOW_MS } from './schedule.ts';

const HOUR = 3_600_000;

describe('the schedule', () => {
  it('is 0, 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, and then over', () => {
    const delays = DELAYS_MS.map((_, made) => delayAfter(made, { random: 0 }));
    assert.deepEqual(
      delays,
      [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].map((s) => s * 1000),
    );
    assert.equal(delayAfter(10, { random: 0 }), undefined);
  });

  it('is spread by up to a fifth, never shortened', () => {
    assert.equal(delayAfter(1, { random: 1 }), 6_000);
    assert.equal(delayAfter(1, { random: 0.5 }), 5_500);
    assert.equal(delayAfter(0, { random: 1 }), 0);
  });

  it('waits for as long as the receiver asked, a day at most', () => {
    assert.equal(delayAfter(1, { random: 0, retryAfterMs: 60_000 }), 60_000);
    assert.equal(delayAfter(2, { random: 0, retryAfterMs: 60_000 }), 300_000);
    assert.equal(delayAfter(1, { random: 0, retryAfterMs: 100 * HOUR }), 24 * HOUR);
    assert.ok(delayAfter(1, { random: 1, retryAfterMs: 60_000 })! >= 60_000);
  });

  it('fits into its window', () => {
    const total = DELAYS_MS.reduce((sum, _, made) => sum + delayAfter(made, { random: 1 })!, 0);
    assert.ok(total <= WINDOW_MS);
  });
});

describe('Retry-After', () => {
  it('is seconds or a date', () => {
    assert.equal(parseRetryAfter('120', 0), 120_000);
    const now = Date.parse('2030-01-01T00:00:00Z');
    assert.equal(parseRetryAfter('Tue, 01 Jan 2030 00:01:00 GMT', now), 60_000);
    assert.equal(parseRetryAfter('Tue, 01 Jan 2019 00:00:00 GMT', now), 0);
  });

  it('is ignored when it is neither', () => {
    for (const header of [undefined, '', 'soon', '-5x']) assert.equal(parseRetryAfter(header, 0), undefined);
  });
});
