import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FarmError } from '@worldfarm/core';
import { outputPlan, readOptions } from './options.ts';

const read = (headers: Record<string, string>, query: Record<string, string> = {}) =>
  readOptions({ headers, query });
const refuses = (param: string) => (error: unknown) =>
  error instanceof FarmError && error.type === 'invalid_request' && error.param === param;

describe('readOptions', () => {
  it('reads every header', () => {
    const options = read({
      'worldfarm-profile': 'p',
      'worldfarm-priority': 'high',
      'worldfarm-webhook': 'https://example.com/hook',
      'worldfarm-webhook-events': 'job.succeeded, job.failed',
      'worldfarm-deadline': '30m',
      'worldfarm-timeout': '20m',
      'worldfarm-tags': 'a=b,c=d',
      'worldfarm-cancel-on-disconnect': 'true',
      'idempotency-key': 'once',
    });
    assert.deepEqual(options, {
      profile: 'p',
      priority: 'high',
      webhook: { url: 'https://example.com/hook', events: ['job.succeeded', 'job.failed'] },
      deadlineSeconds: 1800,
      timeoutSeconds: 1200,
      tags: { a: 'b', c: 'd' },
      output: {},
      cancelOnDisconnect: true,
      idempotencyKey: 'once',
    });
  });

  it('reads the query twins, and a header before them', () => {
    assert.equal(read({}, { priority: 'low' }).priority, 'low');
    assert.equal(read({ 'worldfarm-priority': 'high' }, { priority: 'low' }).priority, 'high');
    assert.equal(read({}, { webhook: 'http://h.example/' }).webhook?.url, 'http://h.example/');
  });

  it('refuses what it cannot read, naming it', () => {
    assert.throws(() => read({ 'worldfarm-priority': 'urgent' }), refuses('priority'));
    assert.throws(() => read({ 'worldfarm-deadline': 'soon' }), refuses('deadline'));
    assert.throws(() => read({ 'worldfarm-tags': 'novalue' }), refuses('tags'));
    assert.throws(() => read({ 'worldfarm-webhook': 'ftp://x' }), refuses('webhook'));
    assert.throws(() => read({ 'worldfarm-webhook-events': 'job.failed' }), refuses('webhook_events'));
    assert.throws(() => read({ 'idempotency-key': '' }), refuses('Idempotency-Key'));
    assert.throws(() => read({ 'idempotency-key': 'x'.repeat(256) }), refuses('Idempotency-Key'));
  });

  it('counts durations in seconds unless told otherwise', () => {
    const seconds = (deadline: string) => read({ 'worldfarm-deadline': deadline }).deadlineSeconds;
    assert.deepEqual(['90', '90s', '2m', '2h', '1d'].map(seconds), [90, 90, 120, 7200, 86_400]);
  });
});

describe('outputPlan', () => {
  it('fills in what a choice implies', () => {
    assert.deepEqual(outputPlan({ format: 'webm' }), { container: 'webm', codec: 'vp9' });
    assert.deepEqual(outputPlan({ codec: 'vp9' }), { container: 'mp4', codec: 'vp9' });
    assert.deepEqual(outputPlan({ codec: 'lossless' }), { container: 'mp4', codec: 'lossless' });
    assert.deepEqual(outputPlan({ quality: 9 }), { quality: 9 });
    assert.deepEqual(outputPlan({ format: 'webm', codec: 'av1' }), { container: 'webm', codec: 'av1' });
  });
  it('refuses what does not go together', () => {
    assert.throws(() => outputPlan({ format: 'webm', codec: 'h264' }), refuses('codec'));
  });
});
