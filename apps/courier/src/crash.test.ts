import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Farm, openFarm } from '@worldfarm/queue';
import { aJob, startRedis, type TestRedis, until } from '@worldfarm/test-support';
import { Webhook } from 'standardwebhooks';
import { type CourierProcess, spawnCourier } from './testing/process.ts';
import { type Receiver, startReceiver } from './testing/receiver.ts';
import { secret } from './testing/rig.ts';

const JOBS = 500;
const PREFIX = '{crash}';
/** Much happens here, perhaps on a busy machine. */
const PATIENCE_MS = 90_000;

let redis: TestRedis;
let farm: Farm;
let receiver: Receiver;
let folder: string;
const couriers: CourierProcess[] = [];

before(async () => {
  redis = await startRedis();
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-courier-'));
  farm = openFarm({ url: redis.url, prefix: PREFIX, patience: 'wait' });
  // Slow enough that a kill finds deliveries on the wire.
  receiver = await startReceiver((_request, response) => setTimeout(() => response.end(), 30));
});
after(async () => {
  await Promise.all(couriers.map((courier) => courier.kill()));
  await farm.close();
  await receiver.close();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

const startCourier = () =>
  spawnCourier({
    REDIS_URL: redis.url,
    WORLDFARM_REDIS_PREFIX: PREFIX,
    WORLDFARM_STORE: folder,
    WORLDFARM_WEBHOOK_ALLOW: '127.0.0.1',
    WORLDFARM_COURIER_LOCK_MS: '1000',
    WORLDFARM_COURIER_STALLED_MS: '300',
  });

async function endJobs(): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < JOBS; n++) {
    const { record } = await farm.jobs.submit(aJob({ webhook: { url: receiver.url, secret } }));
    await farm.jobs.cancel(record.spec.id);
    ids.push(record.spec.id);
  }
  return ids;
}

const arrived = () => new Set(receiver.received.map(({ event }) => event.data.id)).size;

describe('kill -9', () => {
  it(`of couriers and of Redis in the middle of ${JOBS} deliveries loses none, and copies carry the same id`, async () => {
    const [first, second] = await Promise.all([startCourier(), startCourier()]);
    couriers.push(first, second);
    const ending = endJobs();
    await until('some deliveries', () => arrived() >= JOBS * 0.1, PATIENCE_MS);
    await first.kill();
    await until('more deliveries', () => arrived() >= JOBS * 0.3, PATIENCE_MS);
    await redis.kill();
    await redis.restart();
    await until('deliveries after the loss of Redis', () => arrived() >= JOBS * 0.6, PATIENCE_MS);
    await Promise.all([second.kill(), redis.kill()]);
    await redis.restart();
    const last = await startCourier();
    couriers.push(last);
    const ids = await ending;
    await until('every end', () => arrived() === JOBS, PATIENCE_MS);

    const told = Map.groupBy(receiver.received, ({ event }) => event.data.id);
    for (const id of ids) {
      const copies = told.get(id)!;
      assert.equal(new Set(copies.map(({ headers }) => headers['webhook-id'])).size, 1);
      for (const { body, headers, event } of copies) {
        assert.equal(event.type, 'job.canceled');
        new Webhook(secret).verify(body, headers);
      }
    }
    const copies = receiver.received.length - JOBS;
    assert.ok(copies < JOBS / 2, `${copies} copies: what was delivered is not delivered over and over`);
    await until('every delivery to be written down', async () => {
      const { waiting, active, delayed, dead } = await farm.webhooks.deliveries.counts();
      return waiting + active + delayed + dead === 0;
    });
    assert.equal(await last.stop(), 0);
  });
});
