import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { errorOf, get, post } from '../testing/call.ts';
import { startGateway, type TestGateway } from '../testing/harness.ts';

const INPUT = { prompt: 'x', resolution: '256', num_output_frames: 25 };
const ASYNC = { prefer: 'respond-async' };

let redis: TestRedis;
let test: TestGateway;
before(async () => {
  redis = await startRedis();
  test = await startGateway({ redisUrl: redis.url, environment: { WORLDFARM_AUTH: '1' } });
});
after(async () => {
  await test.close();
  await redis.stop();
});

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const newKey = (over: object = {}) => test.farm.keys.create({ name: 'test', ...over });
const infer = (secret: string, headers: Record<string, string> = {}) =>
  post(`${test.url}/v1/infer`, INPUT, { ...ASYNC, ...bearer(secret), ...headers });

describe('API keys', () => {
  it('are asked for everywhere but where a service is looked at', async () => {
    for (const path of [
      'health/live',
      'health/ready',
      'version',
      'metadata',
      'license',
      'manifest',
      'models',
    ]) {
      assert.equal((await get(`${test.url}/v1/${path}`)).status, 200, path);
    }
    for (const path of [
      '/v1/jobs',
      '/v1/jobs/x',
      '/v1/videos',
      '/v1/queues',
      '/v1/workers',
      '/v2/nvcf/pexec/status/x',
    ]) {
      const answer = await get(`${test.url}${path}`);
      assert.equal(answer.status, 401, path);
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    }
    assert.equal((await post(`${test.url}/v1/infer`, INPUT)).status, 401);
  });

  it('are read from either header, and from no stranger', async () => {
    const { secret } = await newKey();
    assert.equal((await infer(secret)).status, 202);
    assert.equal((await get(`${test.url}/v1/jobs`, { 'x-api-key': secret })).status, 200);
    assert.equal(errorOf(await infer(`${secret.slice(0, -3)}abc`)).type, 'unauthorized');
    assert.equal(errorOf(await infer('nonsense')).type, 'unauthorized');
  });

  it('see their own jobs only, an admin key sees all', async () => {
    const [mine, other, admin] = [await newKey(), await newKey(), await newKey({ admin: true })];
    const { id } = (await infer(mine.secret)).body;
    const look = (secret: string, path: string) => get(`${test.url}${path}`, bearer(secret));
    for (const path of ['', '/result', '/events', '/logs', '/video']) {
      assert.equal((await look(other.secret, `/v1/jobs/${id}${path}`)).status, 404);
    }
    assert.equal((await look(other.secret, `/v1/videos/${id}`)).status, 404);
    assert.equal((await look(other.secret, `/v2/nvcf/pexec/status/${id}`)).status, 404);
    assert.equal((await post(`${test.url}/v1/jobs/${id}/cancel`, '', bearer(other.secret))).status, 404);
    assert.equal((await look(other.secret, '/v1/jobs')).body.data.length, 0);
    assert.equal((await look(mine.secret, `/v1/jobs/${id}`)).status, 200);
    assert.equal((await look(admin.secret, `/v1/jobs/${id}`)).status, 200);
    assert.equal((await look(mine.secret, '/v1/workers')).status, 403);
    assert.equal((await look(admin.secret, '/v1/workers')).status, 200);
  });

  it('may only have so many jobs, requests and so high a priority', async () => {
    const few = await newKey({ limits: { queued: 1 } });
    assert.equal((await infer(few.secret)).status, 202);
    const refused = await infer(few.secret);
    assert.equal(refused.status, 429);
    assert.equal(errorOf(refused).type, 'quota_exceeded');
    assert.ok(refused.headers.get('retry-after'));

    const slow = await newKey({ limits: { requestsPerMinute: 1 } });
    await get(`${test.url}/v1/queues`, bearer(slow.secret));
    const second = await get(`${test.url}/v1/queues`, bearer(slow.secret));
    assert.equal(second.status, 429);
    assert.ok(Number(second.headers.get('retry-after')) <= 60);

    const low = await newKey({ limits: { priority: 'low' } });
    const { body } = await infer(low.secret, { 'worldfarm-priority': 'high' });
    assert.equal(body.priority, 'low');
    const path = `${test.url}/v1/jobs/${body.id}/priority`;
    const raised = await post(path, { priority: 'high' }, bearer(low.secret));
    assert.equal(raised.body.priority, 'low');
    assert.equal((await post(path, { priority: 'low' }, bearer(few.secret))).status, 404);
  });

  it('do not share idempotency keys', async () => {
    const [a, b] = [await newKey(), await newKey()];
    const key = { 'idempotency-key': 'same' };
    assert.notEqual((await infer(a.secret, key)).body.id, (await infer(b.secret, key)).body.id);
  });

  it('never reach the log', async () => {
    const { secret } = await newKey();
    await infer(secret);
    assert.ok(!test.log.some((line) => line.includes(secret)));
  });
});
