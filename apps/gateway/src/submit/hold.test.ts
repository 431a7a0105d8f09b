import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideHold } from './hold.ts';

const hold = (headers: Record<string, string>, query: Record<string, string> = {}) =>
  decideHold({ headers, query }, 1800);

describe('decideHold', () => {
  it('holds as long as it may when nothing is said', () => {
    assert.deepEqual(hold({}), { seconds: 1800, late: 'timeout' });
  });
  it('answers at once to respond-async', () => {
    assert.deepEqual(hold({ prefer: 'respond-async' }), { seconds: 0, late: 'accepted' });
  });
  it('waits as long as asked, then answers 202', () => {
    assert.deepEqual(hold({ prefer: 'wait=30' }), { seconds: 30, late: 'accepted' });
    assert.deepEqual(hold({ prefer: 'respond-async, wait="5"' }), { seconds: 5, late: 'accepted' });
  });
  it('never waits longer than its limit', () => {
    assert.equal(hold({ prefer: 'wait=99999' }).seconds, 1800);
  });
  it('knows the hosted form, which wins', () => {
    assert.deepEqual(hold({ 'nvcf-poll-seconds': '7', prefer: 'wait=1' }), { seconds: 7, late: 'nvcf' });
  });
  it('reads the query twins', () => {
    assert.deepEqual(hold({}, { prefer: 'respond-async' }), { seconds: 0, late: 'accepted' });
    assert.deepEqual(hold({}, { wait: '4' }), { seconds: 4, late: 'accepted' });
  });
  it('lets preferences pass that it does not know', () => {
    assert.equal(hold({ prefer: 'return=minimal' }).late, 'timeout');
  });
  it('refuses a wait that is no number', () => {
    assert.throws(() => hold({ prefer: 'wait=soon' }), /whole number of seconds/);
    assert.throws(() => hold({ 'nvcf-poll-seconds': '-1' }), /NVCF-POLL-SECONDS/);
  });
});
