import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { isLoopback, serveHealth, whileRedisAnswers } from './health.ts';
import { createMetrics } from './metrics.ts';

describe('serveHealth', () => {
  async function withServer(
    ready: () => Promise<{ ok: boolean; status: string }>,
    test: (ask: (path: string, init?: RequestInit) => Promise<Response>, orders: string[]) => Promise<void>,
  ) {
    const given: string[] = [];
    const server = await serveHealth({
      host: '127.0.0.1',
      port: 0,
      metrics: createMetrics({ processMetrics: false }),
      live: () => ({ ok: true, status: 'live' }),
      ready,
      orders: {
        '/drain': () => {
          given.push('drain');
          return { ok: true, status: 'draining' };
        },
      },
    });
    const { port } = server.address() as AddressInfo;
    await test((path, init) => fetch(`http://127.0.0.1:${port}${path}`, init), given).finally(() =>
      server.close(),
    );
  }
  const well = async () => ({ ok: true, status: 'ready' });

  it('answers 200 or 503 with a word, and 404 for the rest', () =>
    withServer(
      async () => ({ ok: false, status: 'starting' }),
      async (ask) => {
        assert.equal((await ask('/health/live')).status, 200);
        const ready = await ask('/health/ready?from=a-probe');
        assert.equal(ready.status, 503);
        assert.deepEqual(await ready.json(), { status: 'starting' });
        assert.equal((await ask('/health/other')).status, 404);
        assert.equal((await ask('/metrics')).status, 200);
      },
    ));

  it('takes an order with POST alone', () =>
    withServer(well, async (ask, orders) => {
      assert.equal((await ask('/drain')).status, 404);
      assert.deepEqual(orders, []);
      assert.deepEqual(await (await ask('/drain', { method: 'POST' })).json(), { status: 'draining' });
      assert.deepEqual(orders, ['drain']);
      assert.equal((await ask('/health/live', { method: 'POST' })).status, 404);
    }));

  it('takes orders from this machine alone', () => {
    for (const own of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(own), own);
    for (const other of ['10.0.0.7', '::ffff:10.0.0.7', 'fe80::1', '::11', '']) {
      assert.ok(!isLoopback(other), other);
    }
  });

  it('is not ready while Redis is away', async () => {
    const away = whileRedisAnswers(() => Promise.reject(new Error('gone')));
    assert.equal((await away()).ok, false);
    assert.equal((await whileRedisAnswers(async () => {})()).ok, true);
  });
});
