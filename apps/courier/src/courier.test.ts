import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { WebhookTarget } from '@worldfarm/core';
import type { Claim } from '@worldfarm/queue';
import { aJob, startRedis, type TestRedis, until } from '@worldfarm/test-support';
import { Webhook } from 'standardwebhooks';
import { answer, dripBody, dripHeaders, gigabyte, hang, reset } from './testing/behaviours.ts';
import type { Received, Receiver } from './testing/receiver.ts';
import { type Rig, type RigOptions, secret, startRig } from './testing/rig.ts';

let redis: TestRedis;
let count = 0;
const rigs: Rig[] = [];

before(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});
after(() => redis.stop());

function start(over: Partial<RigOptions> = {}): Rig {
  const rig = startRig({ url: redis.url, prefix: `{courier${count++}}`, ...over });
  rigs.push(rig);
  return rig;
}

const ok = answer(200);
const tried = (deliveries: readonly { log: readonly unknown[] }[]) => deliveries[0]?.log.length === 1;
const ended = (deliveries: readonly { status: string }[]) =>
  deliveries.some(({ status }) => status !== 'pending');
const verify = ({ body, headers }: Received, key: string) => new Webhook(key).verify(body, headers);

async function render(
  rig: Rig,
  webhook: WebhookTarget,
  work: (claim: Claim) => Promise<unknown>,
): Promise<string> {
  const { record } = await rig.farm.jobs.submit(aJob({ webhook }));
  const lane = rig.farm.openLane({
    worker: 'w',
    queues: [{ profile: 'null', tier: '256', weight: 1 }],
    lockMs: 30_000,
    stalledMs: 30_000,
  });
  await work(await lane.next(new AbortController().signal));
  await lane.close();
  return record.spec.id;
}

describe('hostile receivers', () => {
  const battery = {
    'answers 500': {
      behave: answer(500, {}, 'broken'),
      status: 'pending',
      log: { status: 500, reply: 'broken' },
    },
    'answers 404': { behave: answer(404), status: 'pending', log: { status: 404 } },
    hangs: { behave: hang, status: 'pending', log: { status: undefined, error: /no answer in 0.4 s/ } },
    resets: { behave: reset, status: 'pending', log: { status: undefined, error: /connection broke/ } },
    redirects: {
      behave: answer(302, { location: 'http://127.0.0.1:1/' }),
      status: 'pending',
      log: { status: 302, error: /redirects are not followed/ },
    },
    'answers 410': { behave: answer(410), status: 'dead', log: { status: 410 } },
    'answers 429': { behave: answer(429, { 'retry-after': '60' }), status: 'pending', log: { status: 429 } },
    'drips headers for ever': { behave: dripHeaders, status: 'pending', log: { status: undefined } },
    'drips a body for ever': { behave: dripBody, status: 'delivered', log: { status: 200 } },
    'sends a gigabyte': {
      behave: gigabyte,
      status: 'delivered',
      log: { status: 200, reply: 'g'.repeat(1024) },
    },
  };

  it('are each handled by the rules, and none holds up another', async () => {
    const rig = start();
    const fine = await rig.receiver(ok);
    const cases = await Promise.all(
      Object.entries(battery).map(async ([name, expected]) => {
        const { url } = await rig.receiver(expected.behave);
        return { name, expected, job: await rig.endJob({ url, secret }) };
      }),
    );
    for (let n = 0; n < 10; n++) await rig.endJob({ url: fine.url, secret });
    await until('all good deliveries', () => fine.received.length === 10);

    for (const { name, expected, job } of cases) {
      const [delivery] = await rig.deliveriesOf(job, tried);
      const [line] = delivery!.log;
      assert.equal(delivery!.status, expected.status, name);
      assert.equal(line!.status, expected.log.status, name);
      if ('error' in expected.log) assert.match(line!.error!, expected.log.error, name);
      if ('reply' in expected.log) assert.equal(line!.reply, expected.log.reply, name);
      if (expected.status !== 'pending') continue;
      const wait = delivery!.nextAt! - line!.at;
      assert.ok(wait >= (line!.status === 429 ? 60_000 : 5_000), `${name}: next try after ${wait} ms`);
    }
    for (const received of fine.received) verify(received, secret);
  });
});

describe('a delivery', () => {
  it('carries the job, a request id, and its event under one id over all tries', async () => {
    const rig = start();
    let status = 500;
    const receiver = await rig.receiver((_request, response) => response.writeHead(status).end());
    const job = await rig.endJob({ url: receiver.url, secret });
    const [first] = await rig.deliveriesOf(job, tried);
    status = 200;
    await rig.farm.webhooks.deliveries.redeliver(first!.id);
    const [done] = await rig.deliveriesOf(job, ended);
    assert.equal(done?.status, 'delivered');
    const [a, b] = receiver.received;
    assert.equal(a!.headers['webhook-id'], `evt_${job}_2`);
    assert.equal(b!.headers['webhook-id'], a!.headers['webhook-id']);
    assert.equal(b!.body, a!.body);
    assert.notEqual(b!.headers['x-request-id'], a!.headers['x-request-id']);
    assert.equal(done?.log[1]?.requestId, b!.headers['x-request-id']);
    assert.deepEqual(
      done?.log.map((line) => [line.attempt, line.status]),
      [
        [1, 500],
        [2, 200],
      ],
    );
    const { type, data } = a!.event;
    assert.deepEqual([type, data.id, data.status], ['job.canceled', job, 'canceled']);
    for (const received of [a, b]) verify(received!, secret);
  });

  it('can be sent once more after it arrived, made anew from the job', async () => {
    const rig = start();
    const receiver = await rig.receiver(ok);
    const job = await rig.endJob({ url: receiver.url, secret });
    const [first] = await rig.deliveriesOf(job, ended);
    await rig.farm.webhooks.deliveries.redeliver(first!.id);
    await until('a second arrival', () => receiver.received.length === 2);
    const [a, b] = receiver.received;
    assert.equal(a!.headers['webhook-id'], b!.headers['webhook-id']);
    assert.equal(a!.body, b!.body);
  });

  it('brings the events of a job in their order, each after the answer to the one before', async () => {
    const rig = start();
    const answering = new Set<string>();
    let overlaps = 0;
    const receiver: Receiver = await rig.receiver((_request, response) => {
      const { id } = receiver.received.at(-1)!.event.data;
      if (answering.has(id)) overlaps++;
      answering.add(id);
      setTimeout(() => {
        answering.delete(id);
        response.end();
      }, 100);
    });
    const events = ['job.started', 'job.succeeded'];
    const jobs: string[] = [];
    for (let n = 0; n < 5; n++) {
      jobs.push(
        await render(rig, { url: receiver.url, secret, events }, (claim) =>
          claim.succeed({ output: {}, metrics: {} }),
        ),
      );
    }
    await until('all events', () => receiver.received.length === 10);
    assert.equal(overlaps, 0);
    for (const job of jobs) {
      const told = receiver.received.filter(({ event }) => event.data.id === job).map(({ event }) => event);
      assert.deepEqual(
        told.map(({ type }) => type),
        events,
      );
      assert.ok(told[0]!.sequence < told[1]!.sequence);
    }
  });

  it('tells of progress, and of the end after it', async () => {
    const rig = start();
    const receiver = await rig.receiver(ok);
    const events = ['job.progress', 'job.failed'];
    await render(rig, { url: receiver.url, secret, events }, async (claim) => {
      await claim.progress({ value: 0.25, stage: 'steps' });
      await claim.progress({ value: 0.5, stage: 'steps' });
      await until('progress', () => receiver.received.length === 1);
      await claim.fail({ type: 'render_failed', message: 'no' }, { retry: false, countAttempt: true });
    });
    await until('the end', () => receiver.received.length === 2);
    assert.deepEqual(
      receiver.received.map(({ event }) => event.type),
      events,
    );
  });

  it('has links to outputs that were made for this try', async () => {
    let made = 0;
    const rig = start({ presign: async (key) => `https://bucket.example/${key}?made=${++made}` });
    const receiver = await rig.receiver(ok);
    const file = { key: 'outputs/a/video.mp4', bytes: 9, sha256: 'x', type: 'video/mp4' };
    const video = { ...file, width: 320, height: 192, frames: 25, fps: 24, codec: 'h264', seconds: 1 };
    await render(rig, { url: receiver.url, secret }, (claim) =>
      claim.succeed({ output: { video }, metrics: {} }),
    );
    await until('the delivery', () => receiver.received.length === 1);
    const data = receiver.received[0]!.event.data as unknown as { output: { video: { url: string } } };
    assert.equal(data.output.video.url, 'https://bucket.example/outputs/a/video.mp4?made=1');
  });

  it('to a private address is given up at once, and nothing is dialed', async () => {
    const dialed: string[] = [];
    const rig = start({
      outbound: {
        resolve: async () => ['10.0.0.5'],
        dial: async ({ address }) => {
          dialed.push(address);
          throw new Error('recorded');
        },
      },
    });
    for (const url of ['http://inside.example/', 'http://169.254.169.254/', 'http://[::1]:8000/']) {
      const [delivery] = await rig.deliveriesOf(await rig.endJob({ url, secret }), ended);
      assert.equal(delivery?.status, 'dead');
      assert.match(delivery!.reason!, /not allowed/);
    }
    assert.deepEqual(dialed, []);
  });

  it('that nothing can be signed with is given up, and is not sent unsigned', async () => {
    const rig = start();
    const receiver = await rig.receiver(ok);
    const job = await rig.endJob({ url: receiver.url, secret: 'whsec_' });
    const [delivery] = await rig.deliveriesOf(job, ended);
    assert.match(delivery!.reason!, /nothing can be signed/);
    assert.equal(receiver.received.length, 0);
  });

  it('arrives although its job was removed right after its end', async () => {
    const rig = start();
    const receiver = await rig.receiver(ok);
    const { record } = await rig.farm.jobs.submit(aJob({ webhook: { url: receiver.url, secret } }));
    await rig.farm.jobs.remove(record.spec.id);
    await until('the end', () => receiver.received.length === 1);
    assert.equal(receiver.received[0]!.event.type, 'job.canceled');
  });
});

describe('secrets', () => {
  it('of the key sign what brings none, and while one replaces another both verify', async () => {
    const rig = start();
    const receiver = await rig.receiver(ok);
    const { secrets } = rig.farm.webhooks;
    const { current: before } = await secrets.of('anonymous');
    await rig.endJob({ url: receiver.url });
    await until('the first', () => receiver.received.length === 1);
    const { current: now } = await secrets.rotate('anonymous', 60_000);
    await rig.endJob({ url: receiver.url });
    await until('the second', () => receiver.received.length === 2);
    const [first, second] = receiver.received;
    verify(first!, before);
    assert.throws(() => verify(first!, now));
    verify(second!, before);
    verify(second!, now);
    await secrets.rotate('anonymous', 0);
    await rig.endJob({ url: receiver.url });
    await until('the third', () => receiver.received.length === 3);
    assert.throws(() => verify(receiver.received[2]!, now));
  });

  it('never leave a receiver behind that still holds the one before', async () => {
    const rig = start();
    const { secrets } = rig.farm.webhooks;
    const held = [(await secrets.of('anonymous')).current];
    const receiver = await rig.receiver(ok);
    for (let n = 0; n < 30; n++) {
      await rig.endJob({ url: receiver.url });
      if (n % 10 !== 9) continue;
      // All that is under way arrives before the next change but one: that is what an overlap is for.
      await until('what was sent', () => receiver.received.length === n + 1);
      held.push((await secrets.rotate('anonymous', 60_000)).current);
    }
    for (const [n, received] of receiver.received.entries()) {
      const now = Math.floor(n / 10);
      verify(received, held[now]!);
      if (now > 0) verify(received, held[now - 1]!);
      assert.throws(() => verify(received, held[now + 1]!));
    }
  });

  it('of endpoints sign what goes to them, also while they rotate', async () => {
    const rig = start();
    const receiver = await rig.receiver(ok);
    const { endpoints } = rig.farm.webhooks;
    const endpoint = await endpoints.create({ owner: 'anonymous', everybody: false, url: receiver.url });
    const rotated = await endpoints.rotate(endpoint.id, 60_000);
    await rig.endJob({ url: (await rig.receiver(ok)).url });
    await until('the delivery', () => receiver.received.length === 1);
    verify(receiver.received[0]!, endpoint.secret.current);
    verify(receiver.received[0]!, rotated.secret.current);
  });
});

describe('a receiver that answers 410', () => {
  it('is disabled when it is an endpoint, and hears nothing more', async () => {
    const rig = start();
    const receiver = await rig.receiver(answer(410));
    const other = await rig.receiver(ok);
    const { endpoints } = rig.farm.webhooks;
    const { id } = await endpoints.create({ owner: 'anonymous', everybody: false, url: receiver.url });
    await rig.endJob({ url: other.url });
    await until('the endpoint to be disabled', async () => (await endpoints.get(id))?.disabled);
    await rig.endJob({ url: other.url });
    await until('the next end', () => other.received.length === 2);
    assert.equal(receiver.received.length, 1);
  });

  it("hears nothing more of the same job when it is the job's own", async () => {
    const rig = start();
    const receiver = await rig.receiver(answer(410));
    const events = ['job.started', 'job.failed'];
    const job = await render(rig, { url: receiver.url, secret, events }, async (claim) => {
      await until('the first', () => receiver.received.length === 1);
      await claim.fail({ type: 'render_failed', message: 'no' }, { retry: false, countAttempt: true });
    });
    const deliveries = await rig.deliveriesOf(
      job,
      (all) => all.length === 2 && all.every(({ endedAt }) => endedAt),
    );
    assert.deepEqual(
      deliveries.map(({ status }) => status),
      ['dead', 'dropped'],
    );
    assert.equal(receiver.received.length, 1);
  });
});

describe('events that are no moves', () => {
  it('go the same way', async () => {
    const rig = start();
    const receiver = await rig.receiver(ok);
    const data = { id: 'b1', object: 'batch', status: 'completed' };
    const webhook = { url: receiver.url, secret };
    await rig.farm.webhooks.emit({
      type: 'batch.completed',
      subject: 'b1',
      sequence: 4,
      at: 1,
      owner: 'me',
      webhook,
      data,
    });
    await until('the batch', () => receiver.received.length === 1);
    const [{ event, headers }] = receiver.received as [Received];
    assert.equal(headers['webhook-id'], 'evt_b1_4');
    assert.deepEqual([event.type, event.sequence, event.data], ['batch.completed', 4, data]);
    verify(receiver.received[0]!, secret);
  });
});
