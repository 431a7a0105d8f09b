import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { minId, parseEntries, parseGroups, parsePending } from './outbox-entries.ts';

describe('outbox entries', () => {
  it('are moves of jobs, or events as they were emitted', () => {
    const event = { type: 'batch.completed', subject: 'b1', sequence: 1, at: 5, owner: 'o', data: {} };
    assert.deepEqual(
      parseEntries([
        ['1-0', ['job', 'j1', 'status', 'failed', 'seq', '3', 'at', '1700000000000']],
        ['2-0', ['event', JSON.stringify(event)]],
      ]),
      [
        { entry: '1-0', kind: 'job', job: 'j1', status: 'failed', sequence: 3, at: 1_700_000_000_000 },
        { entry: '2-0', kind: 'emitted', event },
      ],
    );
  });

  it('that were trimmed while somebody held them still have an id to acknowledge', () => {
    assert.equal(parseEntries([['1-0', null]])[0]?.entry, '1-0');
  });

  it('are trimmed up to the smallest id of all groups, as numbers', () => {
    assert.equal(minId(['1700-10', '1700-9', '20000-0']), '1700-9');
    assert.deepEqual(parseGroups([['name', 'courier', 'pending', 0, 'last-delivered-id', '7-1']]), [
      { name: 'courier', last: '7-1' },
    ]);
    assert.equal(parsePending([2, '5-0', '6-0', []]), '5-0');
    assert.equal(parsePending([0, null, null, null]), undefined);
  });
});
