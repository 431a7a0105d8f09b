import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { newWebhookSecret } from '@worldfarm/core';
import { deliveryId, type NewDelivery } from '@worldfarm/queue';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { errorOf, get, post } from '../../testing/call.ts';
import { startGateway, type TestGateway } from '../../testing/harness.ts';

const URL = 'https://hooks.example/in';

let redis: TestRedis;
let test: TestGateway;

before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
beforeEach(async () => {
  test = await startGateway({ redisUrl: redis.url });
});
afterEach(() => test.close());

const at = (path: string) => `${test.url}/v1/webhooks/${path}`;
const create = (body: object = {}) => post(at('endpoints'), { url: URL, ...body });
const remove = (path: string) => fetch(at(path), { method: 'DELETE' });

async function aDelivery(over: Partial<NewDelivery> = {}): Promise<string> {
  const delivery: NewDelivery = {
    eventId: 'evt_j1_3',
    type: 'job.succeeded',
    sequence: 3,
    at: 1,
    owner: 'anonymous',
    job: 'j1',
    url: URL,
    secret: 'whsec_hidden',
    body: '{}',
    ...over,
  };
  await test.farm.webhooks.deliveries.add([delivery]);
  return deliveryId(delivery);
}

describe('webhook endpoints', () => {
  it('are made, shown without their secret, and removed', async () => {
    const made = await create({ events: ['job.failed'], description: 'mine' });
    assert.equal(made.status, 201);
    assert.match(made.body.secret, /^whsec_/);
    const { body: list } = await get(at('endpoints'));
    assert.deepEqual(
      list.data.map(({ id, url, events, status }: Record<string, unknown>) => [id, url, events, status]),
      [[made.body.id, URL, ['job.failed'], 'enabled']],
    );
    assert.doesNotMatch(JSON.stringify(list), /whsec_/);
    assert.equal((await get(at(`endpoints/${made.body.id}`))).body.description, 'mine');
    assert.equal((await remove(`endpoints/${made.body.id}`)).status, 200);
    assert.equal((await get(at(`endpoints/${made.body.id}`))).status, 404);
  });

  it('are refused by the name of what is wrong', async () => {
    const cases: [object, string][] = [
      [{ url: 'ftp://hooks.example' }, 'url'],
      [{ events: ['job.exploded'] }, 'events.0'],
      [{ events: [] }, 'events'],
      [{ secret: 'hunter2' }, 'secret'],
      [{ colour: 'red' }, 'colour'],
    ];
    for (const [body, param] of cases) {
      const answer = await create(body);
      assert.equal(answer.status, 400);
      assert.equal(errorOf(answer).param, param);
    }
  });

  it('take a secret that the caller brings, and rotate it', async () => {
    const secret = newWebhookSecret();
    const { body: made } = await create({ secret });
    assert.equal(made.secret, secret);
    const { body: rotated } = await post(at(`endpoints/${made.id}/secret/rotate?overlap=1h`), {});
    assert.notEqual(rotated.secret, secret);
    assert.ok(Date.parse(rotated.previous_until) > Date.now() + 3_500_000);
  });

  it('that were disabled are enabled again', async () => {
    const { body: made } = await create();
    await test.farm.webhooks.endpoints.disable(made.id, 'it answered 410');
    const { body: before } = await get(at(`endpoints/${made.id}`));
    assert.deepEqual([before.status, before.disabled.reason], ['disabled', 'it answered 410']);
    assert.equal((await post(at(`endpoints/${made.id}/enable`), {})).body.status, 'enabled');
  });

  it('can be tested: the event waits for the courier', async () => {
    const { body: made } = await create();
    const answer = await post(at(`endpoints/${made.id}/test`), {});
    assert.equal(answer.status, 202);
    assert.match(answer.body.delivery, new RegExp(`^dlv_.*_1_${made.id}$`));
    assert.equal(await test.farm.webhooks.outboxLength(), 1);
  });
});

describe('webhook deliveries', () => {
  it('are listed by job and status, with their log and without secrets', async () => {
    const id = await aDelivery();
    await aDelivery({ eventId: 'evt_j2_3', job: 'j2' });
    const { deliveries } = test.farm.webhooks;
    await deliveries.move((await deliveries.get(id))!, {
      status: 'dead',
      reason: 'answered 500',
      attempt: {
        attempt: 1,
        requestId: 'r1',
        at: 5,
        latencyMs: 7,
        status: 500,
        reply: 'no',
        error: 'answered 500',
      },
    });
    const { body } = await get(at('deliveries?job=j1'));
    assert.equal(body.data.length, 1);
    const [delivery] = body.data;
    assert.deepEqual(
      [delivery.id, delivery.webhook_id, delivery.status, delivery.reason],
      [id, 'evt_j1_3', 'dead', 'answered 500'],
    );
    assert.deepEqual(delivery.attempts, [
      {
        attempt: 1,
        request_id: 'r1',
        at: '1970-01-01T00:00:00.005Z',
        latency_ms: 7,
        status: 500,
        error: 'answered 500',
        reply: 'no',
      },
    ]);
    assert.doesNotMatch(JSON.stringify(body), /whsec_/);
    assert.equal((await get(at('deliveries?status=dead'))).body.data.length, 1);
    assert.equal((await get(at('deliveries?limit=1'))).body.has_more, true);
    assert.equal((await get(at('deliveries?limit=0'))).status, 400);
  });

  it('are sent again on request', async () => {
    const id = await aDelivery();
    const { deliveries } = test.farm.webhooks;
    await deliveries.move((await deliveries.get(id))!, { status: 'dead' });
    const answer = await post(at(`deliveries/${id}/redeliver`), {});
    assert.deepEqual([answer.status, answer.body.status], [202, 'pending']);
    assert.equal((await post(at('deliveries/dlv_nobody/redeliver'), {})).status, 404);
  });
});

describe("the key's secret", () => {
  it('is drawn once and rotates with an overlap', async () => {
    const { body: first } = await get(at('secret'));
    assert.equal((await get(at('secret'))).body.secret, first.secret);
    const { body: second } = await post(at('secret/rotate'), {});
    assert.notEqual(second.secret, first.secret);
    assert.ok(Date.parse(second.previous_until) > Date.now() + 23 * 3_600_000);
    assert.equal((await post(at('secret/rotate?overlap=never'), {})).status, 400);
  });
});
