import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiError, createClient, type FarmClient } from '@worldfarm/client';
import { type FakeWorker, startFakeWorker, startGateway, type TestGateway } from '@worldfarm/gateway/testing';
import { startRedis, type TestRedis } from '@worldfarm/test-support';

const BODY = { prompt: 'a red circle', resolution: '256', num_output_frames: 25 };

let redis: TestRedis;
let test: TestGateway;
let worker: FakeWorker;
let client: FarmClient;
/** What is to go wrong with the next calls, one entry each. */
const trouble: ('lost' | 'busy')[] = [];

/** The network, with weather: an answer may get lost after the farm did its work, or the farm be busy. */
const stormy: typeof fetch = async (input, init) => {
  const next = trouble.shift();
  if (next === 'busy') return new Response('{}', { status: 503, headers: { 'retry-after': '0.01' } });
  const response = await fetch(input, init);
  if (next !== 'lost') return response;
  await response.body?.cancel();
  throw new TypeError('fetch failed');
};

before(async () => {
  redis = await startRedis();
  test = await startGateway({ redisUrl: redis.url });
  worker = startFakeWorker(test, {
    render: async (_record, claim) => {
      await claim.progress({ value: 0.5, stage: 'steps', step: 1, steps: 2 });
      return Buffer.from('video');
    },
  });
  client = createClient({ baseUrl: test.url, fetch: stormy });
});
after(async () => {
  await worker.stop();
  await test.close();
  await redis.stop();
});

describe('the client', () => {
  it('makes one job of a submit whose answer was lost', async () => {
    trouble.push('lost', 'busy', 'lost');
    const job = await client.submit(BODY, { tags: { test: 'lost' } });
    const { data } = await client.jobs({ tag: 'test=lost' });
    assert.deepEqual(
      data.map(({ id }) => id),
      [job.id],
    );
  });

  it('waits, reads the result and the file', async () => {
    const { id } = await client.submit(BODY);
    assert.equal((await client.wait(id, { pollMs: 10 })).status, 'succeeded');
    assert.equal((await client.result(id)).b64_video, Buffer.from('video').toString('base64'));
    assert.equal(await new Response(await client.download(id, 'video')).text(), 'video');
  });

  it('holds a call', async () => {
    assert.ok((await client.infer(BODY)).b64_video);
  });

  it('follows a job to its end', async () => {
    const { id } = await client.submit(BODY);
    const seen: string[] = [];
    for await (const job of client.events(id)) seen.push(job.status);
    assert.equal(seen.at(-1), 'succeeded');
  });

  it('removes a job', async () => {
    const { id } = await client.submit(BODY);
    await client.wait(id, { pollMs: 10 });
    await client.remove(id);
    await assert.rejects(
      client.job(id),
      (error: unknown) => error instanceof ApiError && error.status === 404,
    );
  });

  it('says what was refused, and does not try that again', async () => {
    await assert.rejects(
      client.submit({ prompt: 5 }),
      (error: unknown) => error instanceof ApiError && error.status === 400 && error.param === 'prompt',
    );
  });
});
