import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  errorOf,
  type FakeWorker,
  get,
  post,
  startFakeWorker,
  startGateway,
  type TestGateway,
  tinyPng,
} from '@worldfarm/gateway/testing';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { geometryOf, makeVideo, renderPlan } from './support.ts';

let redis: TestRedis;
let test: TestGateway;
let worker: FakeWorker;
let clip: string;

before(async () => {
  redis = await startRedis();
  test = await startGateway({ redisUrl: redis.url });
  worker = startFakeWorker(test, { render: renderPlan });
  clip = (await makeVideo({ width: 640, height: 360 }, 33, 30)).toString('base64');
});
after(async () => {
  await worker.stop();
  await test.close();
  await redis.stop();
});

const image = () => `data:image/png;base64,${tinyPng().toString('base64')}`;
const infer = (body: object) => post(`${test.url}/v1/infer`, body, { accept: 'application/json' });

/** The four predict1 fields that the page's bodies share. */
const PREDICT1 = {
  guidance_scale: 7.5,
  video_params: { height: 704, width: 1280, frames_count: 121, frames_per_sec: 24 },
};

describe("the API page's requests", () => {
  it('health, as its clients read it', async () => {
    const { status, body } = await get(`${test.url}/v1/health/ready`);
    assert.equal(status, 200);
    assert.equal(body.status, 'ready');
    assert.match(body.description, /readiness check/);
    assert.equal(body.object, 'health.response');
    assert.equal((await get(`${test.url}/v1/health/live`)).body.status, 'live');
  });

  it('Text2World with prompt upsampling', async () => {
    const prompt = 'A drive through a quiet street in the rain, seen from the dashboard.';
    const body = {
      prompt,
      negative_prompt: 'blurry',
      prompt_upsampling: true,
      seed: 4,
      steps: 50,
      ...PREDICT1,
    };
    const reply = await infer(body);
    assert.equal(reply.status, 200);
    assert.deepEqual(Object.keys(reply.body).sort(), ['b64_video', 'seed', 'upsampled_prompt']);
    assert.equal(reply.body.seed, 4);
    assert.equal(reply.body.upsampled_prompt, prompt);
    assert.equal(await geometryOf(reply.body.b64_video), '1280x704 121 frames 24 fps');
  });

  it('Video2World from an image', async () => {
    const body = {
      prompt: 'A plant among fields.',
      negative_prompt: 'blurry',
      image: image(),
      seed: 42,
      steps: 35,
    };
    const reply = await infer({ ...body, ...PREDICT1 });
    assert.equal(reply.status, 200);
    assert.deepEqual(Object.keys(reply.body).sort(), ['b64_video', 'seed']);
    assert.equal(await geometryOf(reply.body.b64_video), '1280x704 121 frames 24 fps');
  });

  it('Video2World from a video', async () => {
    const reply = await infer({ prompt: 'A robot at work.', video: clip, seed: 42, steps: 35, ...PREDICT1 });
    assert.equal(reply.status, 200);
    assert.deepEqual(Object.keys(reply.body).sort(), ['b64_video', 'seed']);
    assert.equal(await geometryOf(reply.body.b64_video), '1280x704 121 frames 24 fps');
  });

  it('Transfer2.5 with an edge control, as long and wide as its input', async () => {
    const reply = await infer({
      prompt: 'Two arms fold a cloth.',
      video: clip,
      resolution: '480',
      edge: { control_weight: 1.0, control: clip },
    });
    assert.equal(reply.status, 200);
    assert.deepEqual(Object.keys(reply.body).sort(), ['b64_video', 'seed']);
    assert.equal(await geometryOf(reply.body.b64_video), '832x480 33 frames 30 fps');
  });

  it('Cosmos3-Generator, text to video', async () => {
    const reply = await infer({
      prompt: 'A robot lifts a box.',
      seed: 42,
      guidance_scale: 6.0,
      steps: 35,
      resolution: '480_16_9',
      num_output_frames: 121,
      fps: 24.0,
    });
    assert.equal(reply.status, 200);
    assert.ok(reply.body.b64_video);
    assert.equal(await geometryOf(reply.body.b64_video), '832x480 121 frames 24 fps');
  });

  it('Cosmos3-Generator, image to video with its defaults', async () => {
    const reply = await infer({ prompt: 'A robot lifts a box.', image: image(), seed: 42 });
    assert.equal(reply.status, 200);
    assert.equal(await geometryOf(reply.body.b64_video), '1280x720 189 frames 24 fps');
  });

  it('the errors that it names', async () => {
    const uneven = await infer({ prompt: 'x', video_params: { height: 701, width: 1280 } });
    assert.equal(uneven.status, 400);
    assert.match(errorOf(uneven).message, /height.*multiple of 8/);
    assert.equal((await post(`${test.url}/v1/infer`, '{"prompt": ')).status, 400);
  });
});

describe('the other dialects', () => {
  it('Cosmos3 trims to the asked length', async () => {
    const reply = await infer({
      model_mode: 'text2video',
      prompt: 'x',
      resolution: '256',
      num_frames: 26,
      fps: 10,
    });
    assert.equal(reply.status, 200);
    assert.equal(reply.body.action, null);
    assert.equal(await geometryOf(reply.body.b64_video), '320x192 26 frames 10 fps');
  });

  it('Predict2.5 by profile', async () => {
    const { aProfile } = await import('@worldfarm/gateway/testing');
    await test.farm.profiles.announce(aProfile({ id: 'predict25', families: ['predict2.5'] }));
    const reply = await post(
      `${test.url}/profiles/predict25/v1/infer`,
      { prompt: 'x', resolution: '512_1_1' },
      {
        prefer: 'respond-async',
      },
    );
    assert.equal(reply.status, 202);
    assert.equal(reply.body.family, 'predict2.5');
    assert.deepEqual(reply.body.size, { width: 512, height: 512 });
  });
});
