import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobRecord } from './job.ts';
import { eventOfStatus, wantsEvent, webhookUrlSchema } from './webhook.ts';
import { asOf, eventId, jobEventBody, MAX_BODY_BYTES } from './webhook-body.ts';
import { newWebhookSecret, rotateSecret, signingSecrets, webhookSecretSchema } from './webhook-secret.ts';

function aRecord(over: Partial<JobRecord> = {}, input: Record<string, unknown> = { prompt: 'a circle' }) {
  return {
    spec: {
      id: 'j1',
      input,
      plan: { width: 320, height: 192, frames: 25, fps: 24, seed: 7 },
      createdAt: 0,
      tags: {},
      warnings: [],
      webhook: { url: 'https://example.com/', secret: 'whsec_hidden' },
    },
    status: 'succeeded',
    attempt: 1,
    fence: 1,
    startedAt: 1_000,
    endedAt: 2_000,
    progress: { value: 1, stage: 'done' },
    output: { video: { key: 'outputs/j1/a1/video.mp4', bytes: 5, sha256: 'x', type: 'video/mp4' } },
    failures: [],
    metrics: {},
    cancelRequested: false,
    ...over,
  } as unknown as JobRecord;
}
const link = (path: string) => `https://farm.example${path}`;
const head = { type: 'job.succeeded', at: 2_000, sequence: 3, status: 'succeeded' } as const;
const bytes = (body: unknown) => Buffer.byteLength(JSON.stringify(body));

describe('events', () => {
  it('are the moves of a job that the world hears of', () => {
    assert.equal(eventOfStatus('active'), 'job.started');
    assert.equal(eventOfStatus('expired'), 'job.expired');
    assert.equal(eventOfStatus('queued'), undefined);
  });

  it('are filtered by name, and without a filter only ends are told', () => {
    assert.equal(wantsEvent(['job.started'], 'job.started'), true);
    assert.equal(wantsEvent(['job.started'], 'job.failed'), false);
    assert.equal(wantsEvent(undefined, 'job.failed'), true);
    assert.equal(wantsEvent(undefined, 'job.started'), false);
    assert.equal(wantsEvent(undefined, 'job.progress'), false);
    assert.equal(wantsEvent([], 'webhook.test'), true);
  });

  it('have an id without the dot that signatures are joined by', () => {
    assert.equal(eventId('j1', 3), 'evt_j1_3');
  });
});

describe('a body', () => {
  it('has type, time, sequence, and the job with links but without its secret', () => {
    const body = jobEventBody(aRecord(), head, link);
    assert.equal(body.type, 'job.succeeded');
    assert.equal(body.timestamp, '1970-01-01T00:00:02.000Z');
    assert.equal(body.sequence, 3);
    const data = body.data as { urls: { get: string }; output: { video: { url: string } } };
    assert.equal(data.urls.get, 'https://farm.example/v1/jobs/j1');
    assert.equal(data.output.video.url, 'https://farm.example/v1/jobs/j1/video');
    assert.doesNotMatch(JSON.stringify(body), /whsec_/);
  });

  it('shows the job as it was at the event', () => {
    assert.equal(asOf(aRecord(), 'succeeded').output !== undefined, true);
    const started = asOf(aRecord(), 'active');
    assert.equal(started.status, 'active');
    assert.equal(started.output, undefined);
    assert.equal(started.endedAt, undefined);
    assert.equal(asOf(aRecord({ status: 'queued' }), 'failed').status, 'failed');
  });

  it('stays under its limit by shortening texts before it gives up fields', () => {
    const body = jobEventBody(aRecord({}, { prompt: 'p'.repeat(100_000) }), head, link);
    assert.ok(bytes(body) < MAX_BODY_BYTES);
    assert.equal((body.data.input as { prompt: string }).prompt.length, 1_001);
    assert.equal(body.data.truncated, true);
  });

  it('stays under its limit whatever the job is made of', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}`, '€'.repeat(900)]));
    const failures = Array.from({ length: 40 }, () => ({ message: 'm'.repeat(900) }));
    const tags = Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`t${n}`, 'v'.repeat(256)]));
    const record = aRecord({ failures: failures as never, metrics: many as never }, many);
    const body = jobEventBody({ ...record, spec: { ...record.spec, tags } }, head, link);
    assert.ok(bytes(body) < MAX_BODY_BYTES);
    assert.equal(body.data.id, 'j1');
    assert.equal(body.data.truncated, true);
  });

  it('is left alone when it is short', () => {
    assert.equal(jobEventBody(aRecord(), head, link).data.truncated, undefined);
  });
});

describe('a secret', () => {
  it('is made in the form that is accepted', () => {
    assert.equal(webhookSecretSchema.safeParse(newWebhookSecret()).success, true);
    assert.notEqual(newWebhookSecret(), newWebhookSecret());
  });

  it('is refused when it is short, long, bare or no base64', () => {
    const key = (n: number) => `whsec_${Buffer.alloc(n).toString('base64')}`;
    assert.equal(webhookSecretSchema.safeParse(key(24)).success, true);
    assert.equal(webhookSecretSchema.safeParse(key(64)).success, true);
    for (const bad of [key(23), key(65), key(32).slice(6), 'whsec_$$$$', 'whsec_', 'secret']) {
      assert.equal(webhookSecretSchema.safeParse(bad).success, false, bad);
    }
  });

  it('signs beside its successor until the overlap is over', () => {
    const first = { current: 'a' };
    const second = rotateSecret(first, 1_000, 500);
    assert.deepEqual(signingSecrets(second, 1_499), [second.current, 'a']);
    assert.deepEqual(signingSecrets(second, 1_500), [second.current]);
    assert.deepEqual(signingSecrets(first, 1_499), ['a']);
  });
});

describe('a webhook URL', () => {
  it('is http or https', () => {
    assert.equal(webhookUrlSchema.safeParse('https://example.com/hook').success, true);
    for (const bad of ['ftp://example.com', 'example.com', '', `https://a/${'x'.repeat(2048)}`]) {
      assert.equal(webhookUrlSchema.safeParse(bad).success, false, bad);
    }
  });
});
