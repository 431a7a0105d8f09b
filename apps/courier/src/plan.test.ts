import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobRecord, JobStatus, WebhookTarget } from '@worldfarm/core';
import type { Endpoint, OutboxEntry } from '@worldfarm/queue';
import { aJob } from '@worldfarm/test-support';
import { coalesce, planDeliveries } from './plan.ts';

function aRecord(webhook?: WebhookTarget, status: JobStatus = 'succeeded'): JobRecord {
  return {
    spec: aJob({ id: 'j1', owner: 'me', createdAt: 1, ...(webhook && { webhook }) }),
    status,
    attempt: 1,
    fence: 1,
    progress: { value: 1, stage: 'done' },
    failures: [],
    metrics: {},
    cancelRequested: false,
  };
}
const moved = (status: JobStatus | 'progress', sequence = 3): OutboxEntry => ({
  entry: `${sequence}-0`,
  kind: 'job',
  job: 'j1',
  status,
  sequence,
  at: 5,
});
const anEndpoint = (over: Partial<Endpoint> = {}): Endpoint => ({
  id: 'ep_1',
  owner: 'me',
  everybody: false,
  url: 'https://standing.example/',
  secret: { current: 'whsec_x' },
  createdAt: 0,
  ...over,
});
const plan = (entry: OutboxEntry, record: JobRecord | undefined, endpoints: readonly Endpoint[] = []) =>
  planDeliveries(entry, {
    records: new Map(record && [['j1', record]]),
    endpoints,
    link: (path) => `https://farm.example${path}`,
  });
const own = { url: 'https://own.example/' };

describe('an event makes a delivery', () => {
  it("for the job's own webhook, under an id that says which event it is", () => {
    const [delivery] = plan(moved('succeeded'), aRecord({ ...own, secret: 'whsec_own' }));
    assert.equal(delivery?.eventId, 'evt_j1_3');
    assert.equal(delivery?.type, 'job.succeeded');
    assert.equal(delivery?.secret, 'whsec_own');
    assert.deepEqual(plan(moved('succeeded'), aRecord({ ...own, secret: 'whsec_own' })), [delivery]);
  });

  it('for each endpoint of its owner or of everybody', () => {
    const endpoints = [
      anEndpoint(),
      anEndpoint({ id: 'ep_2', owner: 'other' }),
      anEndpoint({ id: 'ep_3', owner: 'admin', everybody: true }),
      anEndpoint({ id: 'ep_4', disabled: { at: 0, reason: 'gone' } }),
      anEndpoint({ id: 'ep_5', events: ['job.failed'] }),
    ];
    const receivers = plan(moved('succeeded'), aRecord(own), endpoints).map(({ endpoint }) => endpoint);
    assert.deepEqual(receivers, [undefined, 'ep_1', 'ep_3']);
  });

  it('for no move that nobody can ask for, and none of a job that is gone', () => {
    assert.deepEqual(plan(moved('queued'), aRecord({ ...own, events: ['job.started'] })), []);
    assert.deepEqual(plan(moved('succeeded'), undefined, [anEndpoint()]), []);
  });

  it('for started and progress only when they were asked for', () => {
    assert.deepEqual(plan(moved('active'), aRecord(own)), []);
    const asked = { ...own, events: ['job.started', 'job.progress'] };
    assert.equal(plan(moved('active'), aRecord(asked))[0]?.type, 'job.started');
    assert.equal(plan(moved('progress'), aRecord(asked, 'active'))[0]?.type, 'job.progress');
    assert.deepEqual(plan(moved('succeeded'), aRecord(asked)), []);
  });

  it('with the time and sequence of the event in its body', () => {
    const body = JSON.parse(plan(moved('succeeded'), aRecord(own))[0]!.body);
    assert.deepEqual(
      [body.type, body.timestamp, body.sequence],
      ['job.succeeded', '1970-01-01T00:00:00.005Z', 3],
    );
    assert.equal(body.data.urls.get, 'https://farm.example/v1/jobs/j1');
  });

  it('when a batch ends, for its own webhook and for endpoints', () => {
    const event = {
      type: 'batch.completed' as const,
      subject: 'b1',
      sequence: 9,
      at: 5,
      owner: 'me',
      webhook: own,
      data: { id: 'b1', object: 'batch' },
    };
    const made = plan({ entry: '1-0', kind: 'emitted', event }, undefined, [anEndpoint()]);
    assert.deepEqual(
      made.map(({ eventId, batch, endpoint }) => [eventId, batch, endpoint]),
      [
        ['evt_b1_9', 'b1', undefined],
        ['evt_b1_9', 'b1', 'ep_1'],
      ],
    );
    assert.deepEqual(JSON.parse(made[0]!.body).data, event.data);
  });

  it('to one endpoint alone when it is a test of it', () => {
    const event = {
      type: 'webhook.test' as const,
      subject: 't1',
      sequence: 1,
      at: 5,
      owner: 'me',
      data: {},
      endpoint: 'ep_2',
    };
    const endpoints = [anEndpoint(), anEndpoint({ id: 'ep_2', events: [] })];
    assert.deepEqual(
      plan({ entry: '1-0', kind: 'emitted', event }, undefined, endpoints).map(({ endpoint }) => endpoint),
      ['ep_2'],
    );
  });
});

describe('progress', () => {
  const sequences = (entries: OutboxEntry[], status: JobStatus) =>
    coalesce(entries, new Map([['j1', aRecord(own, status)]])).map((entry) =>
      entry.kind === 'job' ? entry.sequence : 0,
    );

  it('is told by the newest alone', () => {
    assert.deepEqual(
      sequences([moved('active', 2), moved('progress', 3), moved('progress', 4)], 'active'),
      [2, 4],
    );
  });

  it('is not told of a job that is over, whose end is', () => {
    assert.deepEqual(sequences([moved('progress', 3), moved('failed', 4)], 'failed'), [4]);
  });
});
