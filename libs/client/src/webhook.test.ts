import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newWebhookSecret } from '@worldfarm/core';
import { Webhook } from 'standardwebhooks';
import { verifyWebhook, WebhookRefused, webhookMemory } from './webhook.ts';

const secret = newWebhookSecret();
const body = JSON.stringify({
  type: 'job.succeeded',
  timestamp: '2030-01-01T00:00:00.000Z',
  sequence: 3,
  data: { id: 'j1' },
});

function headersAt(ageSeconds = 0, id = 'evt_j1_3') {
  const at = new Date(Date.now() - ageSeconds * 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

describe('verifyWebhook', () => {
  it('gives the event of a good delivery, from any kind of headers and body', () => {
    const headers = headersAt();
    const shouted = { ...headers, 'webhook-id': undefined, 'Webhook-Id': [headers['webhook-id']] };
    for (const each of [headers, new Headers(headers), shouted]) {
      for (const form of [body, new TextEncoder().encode(body)]) {
        const { id, type, sequence, data, repeated } = verifyWebhook(secret, each, form);
        assert.deepEqual(
          [id, type, sequence, data, repeated],
          ['evt_j1_3', 'job.succeeded', 3, { id: 'j1' }, false],
        );
      }
    }
  });

  it('refuses what was changed, signed by somebody else, or not signed', () => {
    const headers = headersAt();
    const cases = [
      { body: body.replace('j1', 'j2'), headers },
      { body, headers: { ...headers, 'webhook-id': 'evt_j1_4' } },
      {
        body,
        headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) },
      },
      { body, headers: { ...headers, 'webhook-signature': 'v1,AAAA' } },
      { body, headers: {} },
    ];
    for (const each of cases)
      assert.throws(() => verifyWebhook(secret, each.headers, each.body), WebhookRefused);
    assert.throws(() => verifyWebhook(newWebhookSecret(), headers, body), WebhookRefused);
    assert.throws(() => verifyWebhook([], headers, body), /no secret/);
  });

  it('takes either secret while one replaces the other', () => {
    verifyWebhook([newWebhookSecret(), secret], headersAt(), body);
  });

  it('takes 300 seconds of age or haste and no more', () => {
    verifyWebhook(secret, headersAt(298), body);
    verifyWebhook(secret, headersAt(-298), body);
    assert.throws(() => verifyWebhook(secret, headersAt(302), body), /too old/);
    assert.throws(() => verifyWebhook(secret, headersAt(-303), body), /too new/);
  });

  it('knows an id again, unless its handler took it back', () => {
    const memory = webhookMemory();
    const receive = () => verifyWebhook(secret, headersAt(), body, memory);
    const first = receive();
    assert.equal(first.repeated, false);
    assert.equal(receive().repeated, true);
    first.forget();
    assert.equal(receive().repeated, false);
  });

  it('does not remember ids that it refused', () => {
    const memory = webhookMemory();
    assert.throws(() => verifyWebhook(secret, headersAt(), '{}', memory));
    assert.equal(verifyWebhook(secret, headersAt(), body, memory).repeated, false);
  });
});

describe('the memory', () => {
  it('forgets the oldest when it is full', () => {
    const memory = webhookMemory({ most: 2 });
    assert.deepEqual(
      ['a', 'b', 'c', 'a', 'c'].map((id) => memory.add(id)),
      [true, true, true, true, false],
    );
  });
});
