import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { errorOf, post, startFakeWorker, startGateway, tinyPng } from '@worldfarm/gateway/testing';
import type { FakeWorker, TestGateway } from '@worldfarm/gateway/testing';
import { startRedis, type TestRedis, until } from '@worldfarm/test-support';
import OpenAI, { toFile } from 'openai';
import { makeVideo } from './support.ts';

let redis: TestRedis;
let test: TestGateway;
let worker: FakeWorker;
let client: OpenAI;
let clip: Buffer;

before(async () => {
  redis = await startRedis();
  test = await startGateway({ redisUrl: redis.url, environment: { WORLDFARM_AUTH: '1' } });
  clip = await makeVideo({ width: 320, height: 192 }, 25, 24);
  worker = startFakeWorker(test, {
    render: ({ spec }) => {
      if (spec.plan.prompt === 'fail') throw new Error('no luck');
      return clip;
    },
  });
  const { secret } = await test.farm.keys.create({ name: 'openai' });
  client = new OpenAI({ apiKey: secret, baseURL: `${test.url}/v1`, maxRetries: 0 });
});
after(async () => {
  await worker.stop();
  await test.close();
  await redis.stop();
});

const done = (id: string) =>
  until('the video', async () => {
    const video = await client.videos.retrieve(id);
    return (video.status === 'completed' || video.status === 'failed') && video;
  });

describe('the official openai client', () => {
  it('creates, polls, downloads, lists and deletes a video', async () => {
    const created = await client.videos.create({
      prompt: 'a red circle',
      model: 'kernel-world' as 'sora-2',
      seconds: '4',
      size: '1280x720',
    });
    assert.equal(created.object, 'video');
    assert.equal(created.model, 'kernel-world');
    assert.equal(created.size, '1280x720');
    assert.equal(created.seconds, '4');
    assert.ok(['queued', 'in_progress', 'completed'].includes(created.status));

    const video = await done(created.id);
    assert.equal(video.status, 'completed');
    assert.equal(video.progress, 100);
    assert.equal(video.error, null);
    assert.ok(video.completed_at! >= video.created_at);

    const content = await client.videos.downloadContent(created.id);
    assert.ok(Buffer.from(await content.arrayBuffer()).equals(clip));
    const sheet = await client.videos.downloadContent(created.id, { variant: 'spritesheet' });
    const picture = Buffer.from(await sheet.arrayBuffer());
    assert.deepEqual([...picture.subarray(0, 3)], [0xff, 0xd8, 0xff]);

    const ids: string[] = [];
    for await (const each of client.videos.list({ limit: 1 })) ids.push(each.id);
    assert.ok(ids.includes(created.id));

    const gone = await client.videos.delete(created.id);
    assert.equal(gone.deleted, true);
    await assert.rejects(
      client.videos.retrieve(created.id),
      (error: unknown) => error instanceof OpenAI.NotFoundError,
    );
  });

  it('sends a first frame as a file', async () => {
    const video = await client.videos.create({
      prompt: 'it moves',
      input_reference: await toFile(tinyPng(undefined, 5000), 'first.png', { type: 'image/png' }),
    });
    const record = await test.farm.jobs.get(video.id);
    assert.equal(record?.spec.mode, 'image2video');
    assert.match(String(record?.spec.input.image), /^inputs\//);
    assert.equal(video.size, '720x1280');
  });

  it('is told why a video failed', async () => {
    const { id } = await client.videos.create({ prompt: 'fail', size: '720x1280' });
    const video = await done(id);
    assert.equal(video.status, 'failed');
    assert.match(video.error!.message, /no luck/);
  });

  it('understands our refusals', async () => {
    await assert.rejects(
      client.videos.create({ prompt: 'x', size: '1792x1024' }),
      (error: unknown) => error instanceof OpenAI.BadRequestError && error.param === 'size',
    );
    await assert.rejects(
      client.videos.create({ prompt: 'x', model: 'sora-2' }),
      (error: unknown) => error instanceof OpenAI.NotFoundError && error.type === 'profile_not_found',
    );
    const stranger = new OpenAI({ apiKey: 'wf_no', baseURL: `${test.url}/v1`, maxRetries: 0 });
    await assert.rejects(
      stranger.videos.list(),
      (error: unknown) => error instanceof OpenAI.AuthenticationError,
    );
  });
});

describe('POST /v1/videos as JSON', () => {
  it('takes the same fields, and names what it refuses', async () => {
    const { secret } = await test.farm.keys.create({ name: 'json' });
    const create = (body: object) =>
      post(`${test.url}/v1/videos`, body, { authorization: `Bearer ${secret}` });
    const image = `data:image/png;base64,${tinyPng().toString('base64')}`;
    const made = await create({
      prompt: 'x',
      seconds: 8,
      size: '1280x704',
      input_reference: { image_url: image },
    });
    assert.equal(made.status, 200);
    const { spec } = (await test.farm.jobs.get(made.body.id))!;
    assert.equal(spec.family, 'predict1');
    assert.deepEqual(
      [spec.plan.width, spec.plan.height, spec.plan.frames, spec.plan.fps],
      [1280, 704, 193, 24],
    );
    const long = await create({ prompt: 'x', seconds: '12', size: '1280x720' });
    const slower = (await test.farm.jobs.get(long.body.id))!.spec.plan;
    assert.deepEqual([slower.frames, slower.fps], [193, 16]);
    for (const [body, param] of [
      [{ seconds: 4 }, 'prompt'],
      [{ prompt: 'x', seconds: 0 }, 'seconds'],
      [{ prompt: 'x', seconds: 60 }, 'seconds'],
      [{ prompt: 'x', size: 'big' }, 'size'],
      [{ prompt: 'x', size: '1300x700' }, 'size'],
      [{ prompt: 'x', fps: 3 }, 'fps'],
    ] as const) {
      const refused = await create(body);
      assert.equal(refused.status, 400);
      assert.equal(errorOf(refused).param, param);
    }
  });
});
