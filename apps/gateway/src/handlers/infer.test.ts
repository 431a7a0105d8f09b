import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { FarmError } from '@worldfarm/core';
import { startRedis, type TestRedis, until } from '@worldfarm/test-support';
import { errorOf, get, post } from '../testing/call.ts';
import { type FakeWorker, type FakeWorkerOptions, startFakeWorker } from '../testing/fake-worker.ts';
import { startGateway, type TestGateway } from '../testing/harness.ts';
import { tinyPng } from '../testing/png.ts';

const TEXT = { prompt: 'a red circle moves right', seed: 7, resolution: '256', num_output_frames: 25 };

let redis: TestRedis;
let test: TestGateway;
let worker: FakeWorker | undefined;

before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
beforeEach(async () => {
  test = await startGateway({ redisUrl: redis.url });
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await test.close();
});

function work(render?: FakeWorkerOptions['render']) {
  worker = startFakeWorker(test, { ...(render && { render }) });
}
const jobs = async () => (await test.farm.jobs.list({}, { limit: 100 })).records;

describe('POST /v1/infer', () => {
  it('holds the call and answers with the video', async () => {
    const video = Buffer.from(Array.from({ length: 100_001 }, (_, i) => i % 251));
    work(() => video);
    const { status, headers, body } = await post(`${test.url}/v1/infer`, TEXT);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['b64_video', 'seed']);
    assert.ok(Buffer.from(body.b64_video, 'base64').equals(video));
    assert.equal(body.seed, 7);
    assert.ok(headers.get('worldfarm-job-id'));
  });

  it('answers 202 at once to respond-async, and the rest by polling', async () => {
    const accepted = await post(`${test.url}/v1/infer`, TEXT, { prefer: 'respond-async' });
    assert.equal(accepted.status, 202);
    const { id } = accepted.body;
    assert.equal(accepted.headers.get('location'), `/v1/jobs/${id}`);
    assert.equal(accepted.headers.get('worldfarm-job-id'), id);
    assert.ok(accepted.headers.get('retry-after'));
    assert.equal(accepted.body.status, 'queued');
    assert.equal(errorOf(await get(`${test.url}/v1/jobs/${id}/result`)).type, 'job_not_finished');

    work();
    await until('the job to be done', async () => {
      const { body } = await get(`${test.url}/v1/jobs/${id}`);
      return body.status === 'succeeded' && body.progress.value === 1;
    });
    const result = await get(`${test.url}/v1/jobs/${id}/result`);
    assert.equal(result.status, 200);
    const video = await get(`${test.url}/v1/jobs/${id}/video`);
    assert.equal(Buffer.from(result.body.b64_video, 'base64').toString(), video.body);
    const part = await get(`${test.url}/v1/jobs/${id}/video`, { range: 'bytes=4-7' });
    assert.equal(part.status, 206);
    assert.equal(part.body, video.body.slice(4, 8));
    assert.equal(part.headers.get('content-range'), `bytes 4-7/${video.body.length}`);
  });

  it('answers 202 when the asked wait runs out', async () => {
    const { status, body } = await post(`${test.url}/v1/infer`, TEXT, { prefer: 'wait=1' });
    assert.equal(status, 202);
    assert.equal(body.status, 'queued');
  });

  it('answers 504 when the hold runs out, and the job goes on', async () => {
    await test.close();
    test = await startGateway({ redisUrl: redis.url, environment: { NIM_TRITON_REQUEST_TIMEOUT: '100000' } });
    const answer = await post(`${test.url}/v1/infer`, TEXT);
    assert.equal(answer.status, 504);
    assert.equal(errorOf(answer).type, 'hold_timeout');
    const [job] = await jobs();
    assert.equal(errorOf(answer).job_id, job?.spec.id);
    assert.equal(job?.status, 'queued');
  });

  it('answers 500 with the reason of a render that failed', async () => {
    work(() => {
      throw new Error('the picture fell over');
    });
    const answer = await post(`${test.url}/v1/infer`, TEXT);
    assert.equal(answer.status, 500);
    assert.equal(errorOf(answer).type, 'render_failed');
    assert.match(errorOf(answer).message, /fell over/);
  });

  it('answers 422 when the frames are blocked, with no output left', async () => {
    work(() => {
      throw new FarmError('guardrail_blocked', 'the video was blocked');
    });
    const answer = await post(`${test.url}/v1/infer`, TEXT);
    assert.equal(answer.status, 422);
    assert.equal(errorOf(answer).type, 'guardrail_blocked');
    assert.equal((await get(`${test.url}/v1/jobs/${errorOf(answer).job_id}`)).body.output, undefined);
  });

  it('answers 422 to a prompt that is blocked, with no job', async () => {
    await test.close();
    const { wordGuard } = await import('../prompt/word-guard.ts');
    const prompts = { guards: [wordGuard(['forbidden'])] };
    test = await startGateway({ redisUrl: redis.url, replace: { prompts } });
    const answer = await post(`${test.url}/v1/infer`, { ...TEXT, prompt: 'a Forbidden thing' });
    assert.equal(answer.status, 422);
    assert.equal(errorOf(answer).param, 'prompt');
    assert.equal((await jobs()).length, 0);
    assert.deepEqual((await get(`${test.url}/v1/metadata`)).body.guardrails, { text: ['words'], frames: [] });
  });

  it('renders the rewritten prompt where there is an upsampler, and says so', async () => {
    await test.close();
    const prompts = { guards: [], upsampler: async (prompt: string) => `${prompt}, in the rain` };
    test = await startGateway({ redisUrl: redis.url, replace: { prompts } });
    let rendered = '';
    work(({ spec }) => {
      rendered = spec.plan.prompt;
      return Buffer.from('x');
    });
    const { body } = await post(`${test.url}/v1/infer`, { prompt: 'a dog', prompt_upsampling: true });
    assert.equal(body.upsampled_prompt, 'a dog, in the rain');
    assert.equal(rendered, 'a dog, in the rain');
  });

  it('answers 409 when its job is canceled', async () => {
    const held = post(`${test.url}/v1/infer`, TEXT);
    const job = await until('a job', async () => (await jobs())[0]);
    await post(`${test.url}/v1/jobs/${job.spec.id}/cancel`, '');
    assert.equal(errorOf(await held).type, 'job_canceled');
  });

  it('answers 504 before its gateway stops, and the job goes on', async () => {
    const held = post(`${test.url}/v1/infer`, TEXT);
    const job = await until('a job', async () => (await jobs())[0]);
    test.beginClosing();
    const answer = await held;
    assert.equal(answer.status, 504);
    assert.equal(errorOf(answer).job_id, job.spec.id);
    assert.equal((await test.farm.jobs.get(job.spec.id))?.status, 'queued');
  });

  it('gives one job to one idempotency key', async () => {
    const key = { 'idempotency-key': 'abc', prefer: 'respond-async' };
    const first = await post(`${test.url}/v1/infer`, { prompt: 'x' }, key);
    const again = await post(`${test.url}/v1/infer`, { prompt: 'x' }, key);
    assert.equal(again.body.id, first.body.id);
    const other = await post(`${test.url}/v1/infer`, { prompt: 'y' }, key);
    assert.equal(other.status, 409);
    assert.equal(errorOf(other).type, 'idempotency_conflict');
    assert.equal((await jobs()).length, 1);
  });

  it('stores an image once and keeps only its key', async () => {
    const image = tinyPng(undefined, 10_000);
    const body = { image: `data:image/png;base64,${image.toString('base64')}`, resolution: '256' };
    const first = await post(`${test.url}/v1/infer`, body, { prefer: 'respond-async' });
    assert.equal(first.status, 202);
    assert.equal(first.body.mode, 'image2video');
    assert.match(first.body.input.image, /^inputs\/[0-9a-f]{64}$/);
    const stored = await test.gateway.store.get(first.body.input.image);
    assert.ok(Buffer.concat(await stored.body.toArray()).equals(image));
    assert.equal(stored.contentType, 'image/png');
  });

  it('cancels the job of a caller who asked for that and went away', async () => {
    const gone = new AbortController();
    const held = fetch(`${test.url}/v1/infer`, {
      method: 'POST',
      signal: gone.signal,
      headers: { 'content-type': 'application/json', 'worldfarm-cancel-on-disconnect': 'true' },
      body: JSON.stringify(TEXT),
    }).catch(() => {});
    await until('a job', async () => (await jobs())[0]);
    gone.abort();
    await held;
    await until('the job to be canceled', async () => (await jobs())[0]?.status === 'canceled');
  });

  it('says what a model was made for when more is asked', async () => {
    const asked = { ...TEXT, resolution: '480_1_1' };
    const { body } = await post(`${test.url}/v1/infer`, asked, { prefer: 'respond-async' });
    assert.match(body.warnings[0], /320x192, 25 frames at 24 fps; 640x640/);
    assert.deepEqual(body.native.sizes, [{ width: 320, height: 192 }]);
  });
});

describe('the hosted form', () => {
  it('answers 202 with NVCF headers, then the result at the status path', async () => {
    const started = await post(`${test.url}/v1/cosmos/nvidia/kernel-world`, TEXT, {
      'nvcf-poll-seconds': '0',
    });
    assert.equal(started.status, 202);
    assert.equal(started.headers.get('nvcf-status'), 'in-progress');
    const id = started.headers.get('nvcf-reqid');
    const status = `${test.url}/v2/nvcf/pexec/status/${id}`;
    assert.equal((await get(status)).status, 202);
    work();
    const done = await get(status, { 'nvcf-poll-seconds': '20' });
    assert.equal(done.status, 200);
    assert.equal(done.headers.get('nvcf-status'), 'fulfilled');
    assert.ok(done.body.b64_video);
  });
});

describe('when Redis is away', () => {
  it('answers 503, and goes on when it is back', async () => {
    const own = await startRedis();
    const alone = await startGateway({ redisUrl: own.url });
    try {
      await own.kill();
      const away = await post(`${alone.url}/v1/infer`, TEXT, { prefer: 'respond-async' });
      assert.equal(away.status, 503);
      assert.equal(errorOf(away).type, 'dependency_unavailable');
      assert.equal((await get(`${alone.url}/v1/health/live`)).status, 503);
      await own.restart();
      await until(
        'the gateway to be back',
        async () => (await get(`${alone.url}/v1/health/ready`)).status === 200,
      );
      assert.equal((await post(`${alone.url}/v1/infer`, TEXT, { prefer: 'respond-async' })).status, 202);
    } finally {
      await alone.close();
      await own.stop();
    }
  });
});

/** Resolves when a call has its job and waits for it. */
function holding({ farm }: TestGateway): Promise<void> {
  const { watch } = farm.events;
  const held = Promise.withResolvers<void>();
  farm.events.watch = (...args) => {
    held.resolve();
    return watch(...args);
  };
  return held.promise;
}

describe('when Redis restarts under a held call', () => {
  it('holds on, and answers with the video in the end', async () => {
    const own = await startRedis();
    const alone = await startGateway({ redisUrl: own.url });
    let rendering: FakeWorker | undefined;
    try {
      const held = post(`${alone.url}/v1/infer`, TEXT);
      await holding(alone);
      await own.restart();
      await until(
        'the gateway to be back',
        async () => (await get(`${alone.url}/v1/health/live`)).status === 200,
      );
      rendering = startFakeWorker(alone);
      assert.equal((await held).status, 200);
    } finally {
      await rendering?.stop();
      await alone.close();
      await own.stop();
    }
  });
});

describe('when storage is away', () => {
  it('answers 503 to a body with an image, and queues nothing', async () => {
    const put = test.gateway.store.put;
    test.gateway.store.put = async () => {
      throw new FarmError('dependency_unavailable', 'storage is out of reach');
    };
    const image = tinyPng().toString('base64');
    const away = await post(`${test.url}/v1/infer`, { image }, { prefer: 'respond-async' });
    assert.equal(away.status, 503);
    assert.equal((await jobs()).length, 0);
    test.gateway.store.put = put;
    assert.equal((await post(`${test.url}/v1/infer`, { image }, { prefer: 'respond-async' })).status, 202);
  });
});
