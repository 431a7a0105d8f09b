import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '@worldfarm/test-support';
import { openFarm } from './farm.ts';
import { useFarm } from './testing/harness.ts';

const at = useFarm();
const AWAY = { type: 'dependency_unavailable' };

describe('while Redis is away', () => {
  it('no record is taken for one that is not there', async () => {
    const id = await at.submit();
    const gateway = openFarm({ url: at.redis.url, prefix: at.prefix, patience: 'fail-fast' });
    try {
      await until('a connection', () =>
        gateway.ping().then(
          () => true,
          () => false,
        ),
      );
      assert.equal((await gateway.jobs.getMany([id])).length, 1);
      await at.redis.kill();
      await assert.rejects(gateway.jobs.getMany([id]), AWAY);
      await assert.rejects(gateway.jobs.list({}, { limit: 10 }), AWAY);
      await assert.rejects(gateway.numbers(), AWAY);
    } finally {
      await at.redis.restart();
      await gateway.close();
    }
  });
});

describe('a record that cannot be read', () => {
  it('is not passed over: whoever sweeps would remove its video', async () => {
    const [id, other] = [await at.submit(), await at.submit()];
    await at.raw.set(`${at.prefix}:job:${other}`, 'not a record');
    await assert.rejects(at.farm.jobs.getMany([id, other]), AWAY);
  });

  it('is not passed over by a courier, who would drop its deliveries', async () => {
    const id = await at.submit();
    await at.raw.set(`${at.prefix}:job:${id}`, 'not a record');
    const reader = at.farm.webhooks.openReader({ name: 'r', claimAfterMs: 1000, waitMs: 1 });
    try {
      await assert.rejects(reader.records([id]), AWAY);
    } finally {
      reader.close();
    }
  });
});
