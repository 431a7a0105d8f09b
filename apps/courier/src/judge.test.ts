import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge, type Outcome } from './judge.ts';

const answered = (status: number, retryAfterMs?: number): Outcome => ({
  kind: 'answered',
  status,
  retryAfterMs,
  reply: '',
});
const failed = (failure: 'timeout' | 'refused'): Outcome => ({ kind: 'failed', failure, message: failure });
const at = (outcome: Outcome, made = 1, type: 'job.succeeded' | 'job.progress' = 'job.succeeded') =>
  judge(outcome, { type, made, now: 1_000_000, random: 0 });

describe('the verdict on a try', () => {
  it('is delivered for every 2xx', () => {
    for (const status of [200, 201, 204, 299]) assert.equal(at(answered(status)).kind, 'delivered');
  });

  it('is another try after 3xx, 4xx, 5xx and silence', () => {
    for (const outcome of [answered(301), answered(400), answered(404), answered(500), failed('timeout')]) {
      const verdict = at(outcome);
      assert.equal(verdict.kind === 'again' && verdict.at, 1_005_000);
    }
  });

  it('says that redirects are not followed', () => {
    const verdict = at(answered(302));
    assert.match(verdict.kind === 'again' ? verdict.error : '', /redirects are not followed/);
  });

  it('is dead and gone after 410', () => {
    assert.deepEqual(at(answered(410)), { kind: 'dead', gone: true, error: 'answered 410' });
  });

  it('waits for Retry-After of 429 and 503, and ignores it elsewhere', () => {
    for (const [status, expected] of [
      [429, 1_060_000],
      [503, 1_060_000],
      [500, 1_005_000],
    ] as const) {
      const verdict = at(answered(status, 60_000));
      assert.equal(verdict.kind === 'again' && verdict.at, expected, `${status}`);
    }
  });

  it('is dead after the tenth try', () => {
    assert.equal(at(answered(500), 9).kind, 'again');
    assert.deepEqual(at(answered(500), 10), { kind: 'dead', gone: false, error: 'answered 500' });
  });

  it('is dead at once for an address that is not allowed', () => {
    assert.deepEqual(at(failed('refused')), { kind: 'dead', gone: false, error: 'refused' });
  });

  it('gives progress two tries', () => {
    assert.equal(at(answered(500), 1, 'job.progress').kind, 'again');
    assert.equal(at(answered(500), 2, 'job.progress').kind, 'dropped');
  });
});
