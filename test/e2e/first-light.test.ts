import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@worldfarm/client';
import { collectFrames, decodeVideo, probe } from '@worldfarm/media';
import { findColour, startTestFarm, type TestFarm, until } from '@worldfarm/test-support';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const RED_CIRCLE = {
  prompt: 'a red circle moves right on a blue background',
  resolution: '256',
  num_output_frames: 25,
  steps: 12,
  guidance_scale: 3,
  seed: 4,
};
const run = promisify(execFile);

let farm: TestFarm;
before(async () => {
  farm = await startTestFarm();
});
after(() => farm.remove());

async function infer(body: object, headers: Record<string, string> = {}, path = '/v1/infer') {
  const response = await fetch(`${farm.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, never>,
  };
}

async function saved(reply: { b64_video: string }, name: string): Promise<string> {
  const path = join(farm.data, name);
  await writeFile(path, Buffer.from(reply.b64_video, 'base64'));
  return path;
}

async function geometry(path: string) {
  const { width, height, frames, fps, codec } = await probe(path);
  return { width, height, frames, fps, codec };
}

const backlog = async () => {
  const { data } = (await (await fetch(`${farm.url}/v1/queues`)).json()) as { data: { backlog: number }[] };
  return data.reduce((sum, queue) => sum + queue.backlog, 0);
};
const client = () => createClient({ baseUrl: farm.url });

describe('the first video', () => {
  it('is red, moves right, and is on blue', async () => {
    const { status, body } = await infer(RED_CIRCLE);
    assert.equal(status, 200);
    const path = await saved(body as never, 'circle.mp4');
    assert.deepEqual(await geometry(path), { width: 320, height: 192, frames: 25, fps: 24, codec: 'h264' });
    const frames = await collectFrames(decodeVideo(path, { width: 320, height: 192, maxFrames: 25 }));
    const pictures = frames.map((rgb) => ({ width: 320, height: 192, rgb }));
    const places = pictures.map((picture) => findColour(picture, 'red'));
    for (const picture of pictures)
      assert.ok(findColour(picture, 'blue').share > 0.6, 'the background is blue');
    for (const { share } of places) assert.ok(share > 0.01 && share < 0.2, 'one red thing');
    assert.ok(places[24]!.x - places[0]!.x > 0.25, 'it moves right');
    assert.ok(Math.abs(places[24]!.y - places[0]!.y) < 0.1, 'and not up or down');
  });

  it('is the same, byte for byte, for the same request', async () => {
    const digests = await Promise.all(
      [RED_CIRCLE, RED_CIRCLE, { ...RED_CIRCLE, seed: 5 }].map(async (body) => {
        const reply = (await infer(body)).body as unknown as { b64_video: string };
        return createHash('sha256').update(reply.b64_video).digest('hex');
      }),
    );
    assert.equal(digests[0], digests[1]);
    assert.notEqual(digests[0], digests[2]);
  });
});

describe('what a NIM client sends', () => {
  it('text to video of Predict1: 704 x 1280, 121 frames, with its prompt and seed in the reply', async () => {
    const prompt =
      'Seen from behind the windscreen of a car that drives slowly down a two lane street on a rainy day. Trees stand on both sides, grey clouds hang low, and drops run over the glass.';
    const { status, body } = await infer({
      prompt,
      negative_prompt: 'blurry, people',
      prompt_upsampling: true,
      seed: 4,
      guidance_scale: 7.5,
      steps: 50,
      video_params: { height: 704, width: 1280, frames_count: 121, frames_per_sec: 24 },
    });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), ['b64_video', 'seed', 'upsampled_prompt']);
    assert.equal(body.seed, 4);
    assert.equal(body.upsampled_prompt, prompt);
    const path = await saved(body as never, 'predict1.mp4');
    assert.deepEqual(await geometry(path), { width: 1280, height: 704, frames: 121, fps: 24, codec: 'h264' });
  });

  it('image to video of Predict1: the picture is its first frame', async () => {
    const image = await readFile(join(REPOSITORY, 'profiles/kernel-world/golden/image.png'));
    const { status, body } = await infer({
      prompt: 'driving fast down a rainy street with houses',
      image: image.toString('base64'),
      seed: 42,
      guidance_scale: 7.5,
      steps: 35,
      video_params: { height: 704, width: 1280, frames_count: 121, frames_per_sec: 24 },
    });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), ['b64_video', 'seed']);
    const path = await saved(body as never, 'i2v.mp4');
    assert.deepEqual(await geometry(path), { width: 1280, height: 704, frames: 121, fps: 24, codec: 'h264' });
    const [first] = await collectFrames(decodeVideo(path, { width: 320, height: 192, maxFrames: 1 }));
    const imagePath = join(farm.data, 'image.png');
    await writeFile(imagePath, image);
    const { decodeImage } = await import('@worldfarm/media');
    const given = await decodeImage(imagePath, { width: 320, height: 192 });
    assert.ok(meanDifference(first!, given) < 12, 'close to the picture in every pixel, on average');
  });

  it('text to video of Cosmos3: the pixels of the table, and the clip lasts as asked', async () => {
    const { status, body } = await infer({
      prompt: 'a robot arm moves a green box to the right, orange wall',
      seed: 42,
      guidance_scale: 6,
      steps: 8,
      resolution: '480_16_9',
      num_output_frames: 121,
      fps: 24,
    });
    assert.equal(status, 200);
    const path = await saved(body as never, 'cosmos3.mp4');
    assert.deepEqual(await geometry(path), { width: 832, height: 480, frames: 121, fps: 24, codec: 'h264' });
  });
});

describe('a caller who does not want to wait', () => {
  it('gets 202 with a place to look, progress there, and then the result', async () => {
    const { status, headers, body } = await infer(RED_CIRCLE, { prefer: 'respond-async' });
    assert.equal(status, 202);
    const { id } = body as unknown as { id: string };
    assert.equal(headers.get('location'), `/v1/jobs/${id}`);
    assert.equal(headers.get('worldfarm-job-id'), id);
    const stages = new Set<string>();
    const done = await client().wait(id, {
      pollMs: 20,
      onChange: ({ progress }) => stages.add(progress.stage),
    });
    assert.equal(done.status, 'succeeded');
    assert.ok(stages.has('steps'), `stages seen: ${[...stages]}`);
    const result = (await client().result(id)) as { b64_video: string };
    const video = await fetch(`${farm.url}/v1/jobs/${id}/video`);
    assert.equal(Buffer.from(await video.arrayBuffer()).toString('base64'), result.b64_video);
  });
});

describe('bad input', () => {
  const image = Buffer.from('this is no picture').toString('base64');
  const cases: [string, object | string, number, string][] = [
    ['malformed JSON', '{"prompt": ', 400, 'body'],
    ['an unknown field', { prompt: 'x', colour: 'red' }, 400, 'colour'],
    ['a number in quotes', { prompt: 'x', steps: '35' }, 400, 'steps'],
    [
      'a height that is no multiple of 8',
      { prompt: 'x', video_params: { height: 700 } },
      400,
      'video_params.height',
    ],
    ['a tier that does not exist', { prompt: 'x', resolution: '1080' }, 400, 'resolution'],
    [
      'too many frames for the tier',
      { prompt: 'x', resolution: '720', num_output_frames: 201 },
      400,
      'num_output_frames',
    ],
    ['frames that are not 4k+1', { prompt: 'x', num_output_frames: 26 }, 400, 'num_output_frames'],
    ['an image that is none', { prompt: 'x', image }, 415, 'image'],
    ['a missing prompt', { seed: 1 }, 400, 'prompt'],
    ['an oversize body', { prompt: 'x', image: 'A'.repeat(20_000_001) }, 413, 'image'],
  ];
  for (const [name, body, status, param] of cases) {
    it(`${name}: ${status}, naming ${param}, and nothing is queued`, async () => {
      const before = await client().jobs({ limit: 1 });
      const reply = await infer(body as object);
      const { error } = reply.body as unknown as { error: { code: number; param?: string; message: string } };
      assert.equal(reply.status, status);
      assert.equal(error.code, status);
      assert.equal(error.param, param);
      assert.ok(error.message.length > 10);
      assert.equal(await backlog(), 0);
      assert.equal((await client().jobs({ limit: 1 })).data[0]?.id, before.data[0]?.id);
    });
  }
});

describe('a part that dies', () => {
  it('worker, killed -9 in mid-render: the next one finishes the job, once', async () => {
    const job = await client().submit({ ...RED_CIRCLE, num_output_frames: 121, steps: 20 });
    await until('the render to be on its way', async () => (await client().job(job.id)).progress.step);
    const [, , worker] = await farm.children();
    process.kill(worker!, 'SIGKILL');
    const done = await client().wait(job.id);
    assert.equal(done.status, 'succeeded');
    assert.ok(done.attempt > 1, 'another attempt finished it');
    const video = await fetch(`${farm.url}/v1/jobs/${job.id}/video`);
    const path = join(farm.data, 'resumed.mp4');
    await writeFile(path, Buffer.from(await video.arrayBuffer()));
    assert.equal((await geometry(path)).frames, 121);
  });

  it('Redis, killed -9 in mid-queue: callers are told, then every job is done', async () => {
    const jobs = await Promise.all([1, 2, 3, 4].map((seed) => client().submit({ ...RED_CIRCLE, seed })));
    const [redis] = await farm.children();
    process.kill(redis!, 'SIGKILL');
    for (const { id } of jobs) assert.equal((await client().wait(id)).status, 'succeeded');
  });
});

describe('the command line', () => {
  const cli = (...args: string[]) =>
    run(process.execPath, [join(REPOSITORY, 'apps/cli/src/main.ts'), '--url', farm.url, ...args], {
      cwd: farm.data,
    });

  it('renders a prompt into a file', async () => {
    await cli('render', 'a yellow circle moves left on a black background', '--steps', '8', '-o', 'cli.mp4');
    assert.deepEqual(await geometry(join(farm.data, 'cli.mp4')), {
      width: 320,
      height: 192,
      frames: 25,
      fps: 24,
      codec: 'h264',
    });
  });

  it('lists jobs', async () => {
    const { stdout } = await cli('jobs', '--limit', '2');
    assert.equal(stdout.trim().split('\n').length, 3);
  });

  it('explains a refusal in one sentence, and fails', async () => {
    await assert.rejects(cli('render', 'x', '--frames', '26'), (error: { code: number; stderr: string }) => {
      return error.code === 1 && /num_output_frames/.test(error.stderr) && !/ at /.test(error.stderr);
    });
  });
});

describe('Ctrl-C and a second start', () => {
  it('ends every part, and finds the jobs and videos again', async () => {
    const job = await client().wait((await client().submit(RED_CIRCLE)).id);
    const children = await farm.children();
    assert.equal(await farm.end('SIGINT'), 0);
    for (const pid of children) assert.throws(() => process.kill(pid, 0), `${pid} still runs`);
    await farm.restart();
    assert.equal((await client().job(job.id)).output?.video?.sha256, job.output?.video?.sha256);
    const video = await fetch(`${farm.url}/v1/jobs/${job.id}/video`);
    const digest = createHash('sha256')
      .update(Buffer.from(await video.arrayBuffer()))
      .digest('hex');
    assert.equal(digest, job.output?.video?.sha256);
  });
});

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}
