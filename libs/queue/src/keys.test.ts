import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { type Connection, connect } from './connection.ts';
import type { KeyStore } from './keys.ts';
import { openKeys } from './keys-store.ts';

let redis: TestRedis;
let connection: Connection;
let keys: KeyStore;
let count = 0;

before(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  await connection?.close();
  connection = connect({ url: redis.url, prefix: `{keys${count++}}`, patience: 'wait' });
  keys = openKeys(connection);
});
after(async () => {
  await connection.close();
  await redis.stop();
});

describe('API keys', () => {
  it('are known by their secret, which is shown once and kept only as a digest', async () => {
    const { key, secret } = await keys.create({ name: 'lab', limits: { queued: 5 } });
    assert.match(secret, /^wf_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(await keys.verify(secret), key);
    const kept = JSON.stringify(await connection.redis.hgetall(`${connection.prefix}:keys`));
    assert.ok(!kept.includes(secret.slice(-43)));
    assert.deepEqual(await keys.list(), [key]);
  });

  it('are nothing after they were revoked', async () => {
    const { key, secret } = await keys.create({ name: 'lab' });
    assert.equal(await keys.revoke(key.id), true);
    assert.equal(await keys.verify(secret), undefined);
    assert.equal(await keys.revoke(key.id), false);
  });

  it('do not open to another secret', async () => {
    const { secret } = await keys.create({ name: 'a' });
    const other = await keys.create({ name: 'b' });
    for (const wrong of [
      '',
      'wf_',
      secret.slice(0, -1),
      `${secret}x`,
      secret.slice(0, 16) + other.secret.slice(16),
    ]) {
      assert.equal(await keys.verify(wrong), undefined);
    }
  });

  it('count the requests of a minute', async () => {
    assert.deepEqual(await keys.spend('k', 2), {});
    assert.deepEqual(await keys.spend('k', 2), {});
    const { retryAfter } = await keys.spend('k', 2);
    assert.ok(retryAfter && retryAfter > 0 && retryAfter <= 60);
    assert.deepEqual(await keys.spend('other', 2), {});
  });
});
