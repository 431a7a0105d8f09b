import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { aJob, startRedis, type TestRedis, until } from '@worldfarm/test-support';
import { Redis } from 'ioredis';
import type { NewDelivery } from './deliveries.ts';
import { deliveryId } from './deliveries.ts';
import { type Farm, openFarm } from './farm.ts';
import type { OutboxReader } from './outbox.ts';
import type { Webhooks } from './webhooks.ts';

let redis: TestRedis;
let farm: Farm;
let webhooks: Webhooks;
let prefix: string;
let count = 0;
const readers: OutboxReader[] = [];
const never = new AbortController().signal;
const webhook = { url: 'https://example.com/' };

before(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  await close();
  prefix = `{hooks${count++}}`;
  farm = openFarm({ url: redis.url, prefix, patience: 'wait' });
  webhooks = farm.webhooks;
});
after(async () => {
  await close();
  await redis.stop();
});
async function close() {
  for (const reader of readers.splice(0)) reader.close();
  await farm?.close();
}

function reader(name: string, claimAfterMs = 60_000): OutboxReader {
  const opened = webhooks.openReader({ name, claimAfterMs, waitMs: 20 });
  readers.push(opened);
  return opened;
}
const brief = (entries: Awaited<ReturnType<OutboxReader['read']>>) =>
  entries.map((entry) => (entry.kind === 'job' ? `${entry.status} ${entry.sequence}` : entry.event.type));

function aDelivery(over: Partial<NewDelivery> = {}): NewDelivery {
  const [job, sequence] = [over.job ?? 'j1', over.sequence ?? 1];
  return {
    eventId: `evt_${job}_${sequence}`,
    type: 'job.succeeded',
    sequence,
    at: 1,
    owner: 'me',
    job,
    url: 'https://example.com/',
    body: '{}',
    ...over,
  };
}
const attempt = { attempt: 1, requestId: 'r', at: 1, latencyMs: 1, status: 500 };

async function claim() {
  const lane = farm.openLane({
    worker: 'w',
    queues: [{ profile: 'null', tier: '256', weight: 1 }],
    lockMs: 30_000,
    stalledMs: 30_000,
  });
  try {
    return await lane.next(never);
  } finally {
    await lane.close();
  }
}

describe('the outbox', () => {
  it('holds each move of a job with a webhook, in order', async () => {
    await farm.jobs.submit(aJob({ webhook }));
    await (await claim()).succeed({ output: {}, metrics: {} });
    const first = reader('a');
    assert.deepEqual(brief(await first.read(10)), ['active 2', 'succeeded 3']);
  });

  it('holds nothing of a job that nobody asked about', async () => {
    await farm.jobs.submit(aJob({ batch: 'b1' }));
    await claim();
    assert.equal(await webhooks.outboxLength(), 0);
  });

  it('holds moves of every job while there is an endpoint', async () => {
    const { id } = await webhooks.endpoints.create({ owner: 'me', everybody: true, url: webhook.url });
    await farm.jobs.submit(aJob());
    await claim();
    assert.equal(await webhooks.outboxLength(), 1);
    await webhooks.endpoints.remove(id);
    await farm.jobs.submit(aJob());
    await claim();
    assert.equal(await webhooks.outboxLength(), 1);
  });

  it('holds the first progress of a job, and no other for five seconds', async () => {
    await farm.jobs.submit(aJob({ webhook: { ...webhook, events: ['job.progress'] } }));
    const held = await claim();
    for (const value of [0.1, 0.2, 0.3]) await held.progress({ value, stage: 'steps' });
    assert.deepEqual(brief(await reader('a').read(10)), ['active 2', 'progress 3']);
  });

  it('holds progress again when five seconds have passed', async () => {
    const { record } = await farm.jobs.submit(aJob({ webhook }));
    const held = await claim();
    await held.progress({ value: 0.1, stage: 'steps' });
    const raw = new Redis(redis.url);
    const key = `${prefix}:job:${record.spec.id}`;
    await raw.hset(key, 'toldAt', Number(await raw.hget(key, 'toldAt')) - 5_000);
    raw.disconnect();
    await held.progress({ value: 0.2, stage: 'steps' });
    assert.deepEqual(brief(await reader('a').read(10)), ['active 2', 'progress 3', 'progress 4']);
  });

  it('gives what was not acknowledged to the same reader again after a fault, and to others only later', async () => {
    await farm.jobs.submit(aJob({ webhook }));
    await claim();
    assert.equal((await reader('a').read(10)).length, 1);
    assert.deepEqual(await reader('b').read(10), []);
    const again = await reader('a').read(10);
    assert.deepEqual(brief(again), ['active 2']);
    await reader('a').acknowledge(again);
    assert.deepEqual(await reader('a').read(10), []);
  });

  it("gives a dead reader's entries to another", async () => {
    await farm.jobs.submit(aJob({ webhook }));
    await claim();
    await reader('dead').read(10);
    const heir = reader('heir', 1);
    const entries = await until('the entries to be taken over', async () => {
      const read = await heir.read(10);
      return read.length > 0 && read;
    });
    assert.deepEqual(brief(entries), ['active 2']);
  });

  it('lets go of what everybody is through with, and of nothing else', async () => {
    for (let n = 0; n < 3; n++) {
      await farm.jobs.submit(aJob({ webhook }));
      await claim();
    }
    const one = reader('a');
    const entries = await one.read(2);
    await one.trim();
    assert.equal(await webhooks.outboxLength(), 3);
    await one.acknowledge(entries);
    await one.trim();
    assert.ok((await webhooks.outboxLength()) <= 2);
    assert.deepEqual(brief(await one.read(10)), ['active 2']);
  });

  it('still finds the record of a job that was removed before its end was told', async () => {
    const { record } = await farm.jobs.submit(aJob({ webhook }));
    await farm.jobs.remove(record.spec.id);
    const one = reader('a');
    assert.deepEqual(brief(await one.read(10)), ['canceled 2']);
    const found = (await one.records([record.spec.id])).get(record.spec.id);
    assert.equal(found?.status, 'canceled');
    assert.equal(found?.spec.webhook?.url, webhook.url);
  });

  it('takes events that are no moves', async () => {
    await webhooks.emit({ type: 'batch.completed', subject: 'b', sequence: 1, at: 1, owner: 'me', data: {} });
    assert.deepEqual(brief(await reader('a').read(10)), ['batch.completed']);
  });
});

describe('deliveries', () => {
  it('that are added twice are there once', async () => {
    await webhooks.deliveries.add([aDelivery(), aDelivery()]);
    await webhooks.deliveries.add([aDelivery()]);
    assert.equal((await webhooks.deliveries.counts()).waiting, 1);
    assert.equal((await webhooks.deliveries.list({}, { limit: 10 })).deliveries.length, 1);
  });

  it('are listed newest first, by job, owner and status, page by page', async () => {
    for (let n = 1; n <= 5; n++) {
      await webhooks.deliveries.add([
        aDelivery({ sequence: n, job: n % 2 ? 'odd' : 'even', owner: `o${n % 2}` }),
      ]);
    }
    const { deliveries } = webhooks;
    const of = async (filter: object) =>
      (await deliveries.list(filter, { limit: 10 })).deliveries.map(({ sequence }) => sequence);
    assert.deepEqual(await of({}), [5, 4, 3, 2, 1]);
    assert.deepEqual(await of({ job: 'odd' }), [5, 3, 1]);
    assert.deepEqual(await of({ owner: 'o0' }), [4, 2]);
    assert.deepEqual(await of({ job: 'odd', owner: 'o0' }), []);
    const first = await deliveries.list({}, { limit: 2 });
    const second = await deliveries.list({}, { limit: 2, cursor: first.next });
    assert.deepEqual(
      second.deliveries.map(({ sequence }) => sequence),
      [3, 2],
    );
    const third = await deliveries.list({}, { limit: 2, cursor: second.next });
    assert.equal(third.next, undefined);
  });

  it('keep a log, are dead or delivered, and the dead have a list', async () => {
    const { deliveries } = webhooks;
    await deliveries.add([aDelivery(), aDelivery({ job: 'j2' })]);
    const [second, first] = (await deliveries.list({}, { limit: 2 })).deliveries;
    await deliveries.move(first!, { status: 'pending', attempt, nextAt: 9 });
    await deliveries.move((await deliveries.get(first!.id))!, {
      status: 'dead',
      attempt: { ...attempt, attempt: 2 },
      reason: 'enough',
    });
    await deliveries.move(second!, { status: 'delivered', attempt });
    const dead = (await deliveries.list({ status: 'dead' }, { limit: 9 })).deliveries;
    assert.deepEqual(
      dead.map(({ id, log, reason, nextAt }) => [id, log.length, reason, nextAt]),
      [[first!.id, 2, 'enough', undefined]],
    );
    const done = await deliveries.get(second!.id);
    assert.equal(done?.status, 'delivered');
    assert.equal(done?.body, undefined);
    assert.equal((await deliveries.counts()).dead, 1);
  });

  it('wait for earlier events of their job at the same receiver, but not for retries', async () => {
    const { deliveries } = webhooks;
    const [early, late] = [aDelivery({ sequence: 1 }), aDelivery({ sequence: 2 })];
    const elsewhere = aDelivery({ sequence: 2, endpoint: 'ep_1' });
    await deliveries.add([late, early, elsewhere]);
    const behind = async (delivery: NewDelivery) => (await deliveries.open(deliveryId(delivery)))?.behind;
    assert.deepEqual(
      [await behind(early), await behind(late), await behind(elsewhere)],
      [false, true, false],
    );
    const opened = await deliveries.open(deliveryId(early));
    await deliveries.move(opened!.delivery, { status: 'pending', attempt, nextAt: 9 });
    assert.equal(await behind(late), false);
  });

  it('can be sent again whatever became of them, by their owner', async () => {
    const { deliveries } = webhooks;
    await deliveries.add([aDelivery()]);
    const id = deliveryId(aDelivery());
    await deliveries.move((await deliveries.get(id))!, { status: 'dead', attempt });
    await assert.rejects(deliveries.redeliver(id, 'somebody'), /no delivery/);
    const again = await deliveries.redeliver(id, 'me');
    assert.deepEqual([again.status, again.attempts, again.round, again.log.length], ['pending', 0, 1, 1]);
    assert.equal((await deliveries.counts()).dead, 0);
  });

  it('are carried once each, and again at the time that was named', async () => {
    const seen: string[] = [];
    await webhooks.deliveries.add([aDelivery(), aDelivery({ job: 'j2' })]);
    const carrier = webhooks.openCarrier(
      async ({ id, host, pulls }) => {
        assert.equal(host, 'https://example.com');
        seen.push(`${id} ${pulls}`);
        return id.includes('j2') && pulls === 1 ? { againAt: Date.now() + 5 } : undefined;
      },
      { concurrency: 2, lockMs: 5_000, stalledMs: 5_000, onError: assert.ifError },
    );
    await until('three pulls', () => seen.length === 3);
    await carrier.close();
    assert.deepEqual(seen.sort(), ['dlv_j1_1_own 1', 'dlv_j2_1_own 1', 'dlv_j2_1_own 2']);
  });
});

describe('endpoints and secrets', () => {
  it('are made, listed by owner, disabled, enabled and removed', async () => {
    const { endpoints } = webhooks;
    const made = await endpoints.create({ owner: 'me', everybody: false, url: webhook.url });
    await endpoints.create({ owner: 'other', everybody: false, url: webhook.url });
    assert.equal((await endpoints.list('me')).length, 1);
    assert.equal((await endpoints.list()).length, 2);
    await endpoints.disable(made.id, 'gone');
    assert.equal((await endpoints.get(made.id))?.disabled?.reason, 'gone');
    await assert.rejects(endpoints.enable(made.id, 'other'), /no webhook endpoint/);
    assert.equal((await endpoints.enable(made.id, 'me')).disabled, undefined);
    await endpoints.remove(made.id, 'me');
    assert.equal(await endpoints.get(made.id), undefined);
  });

  it('keep the secret before while it overlaps', async () => {
    const first = await webhooks.secrets.of('me');
    assert.deepEqual(await webhooks.secrets.of('me'), first);
    const second = await webhooks.secrets.rotate('me', 1_000);
    assert.equal(second.previous, first.current);
    assert.notEqual(second.current, first.current);
    assert.notEqual((await webhooks.secrets.of('other')).current, second.current);
  });
});
