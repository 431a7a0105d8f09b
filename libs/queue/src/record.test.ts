import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Priority } from '@worldfarm/core';
import { aJob } from '@worldfarm/test-support';
import { queueName } from './names.ts';
import { BAND, bandStart, priorityOf } from './order.ts';
import { decodeRecord, encodeSpec } from './record.ts';

const hashOf = (spec: ReturnType<typeof aJob>) => ({
  spec: encodeSpec(spec),
  status: 'queued',
  queue: queueName(spec),
  owner: spec.owner,
  order: `${bandStart(spec.priority)}`,
  ...(spec.batch && { batch: spec.batch }),
});

for (const [what, spec] of Object.entries({
  'an ordinary job': aJob(),
  'a job of a batch': aJob({ batch: 'b', priority: 'low', tags: { a: 'b' }, outputPrefix: 'set/' }),
  'a job whose plan is of another dialect': aJob({ family: 'predict1', mode: 'image2video' }),
  'a job that may wait and run for so long': aJob({ deadlineAt: 5, timeoutSeconds: 6, priority: 'high' }),
})) {
  it(`a record gives back the whole spec of ${what}`, () => {
    assert.deepEqual(decodeRecord(spec.id, hashOf(spec))?.spec, spec);
  });
}

it('a spec says nothing that its record says elsewhere', () => {
  const text = encodeSpec(aJob({ owner: 'somebody', profile: 'a-profile' }));
  assert.doesNotMatch(text, /somebody|a-profile|priority|"id"/);
});

it('every turn of a band has its priority', () => {
  for (const priority of ['high', 'normal', 'low'] satisfies Priority[]) {
    assert.equal(priorityOf(bandStart(priority)), priority);
    assert.equal(priorityOf(bandStart(priority) + BAND - 1), priority);
  }
});
