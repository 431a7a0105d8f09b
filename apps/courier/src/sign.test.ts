import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newWebhookSecret } from '@worldfarm/core';
import { Webhook } from 'standardwebhooks';
import { signatureHeaders } from './sign.ts';

const message = { id: 'evt_j1_3', at: new Date(), body: '{"type":"job.succeeded"}' };

describe('signatures', () => {
  it('are those of the published test vector', () => {
    const headers = signatureHeaders({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    });
    assert.deepEqual(headers, {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('satisfy the holder of either secret while one replaces the other, and nobody else', () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    const headers = signatureHeaders({ ...message, secrets });
    for (const secret of secrets) new Webhook(secret).verify(message.body, headers);
    assert.throws(() => new Webhook(newWebhookSecret()).verify(message.body, headers));
  });
});
