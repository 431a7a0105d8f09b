import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { collectFrames, decodeVideo, probe } from '@worldfarm/media';
import { type Colour, findColour, startTestFarm, type TestFarm } from '@worldfarm/test-support';

/** The farm as it comes out of the box: what its own world model does with each thing that may steer it. */
const SIZE = { width: 320, height: 192 };

let farm: TestFarm;
/** A red circle that moves right, as base64. */
let source: string;

before(async () => {
  farm = await startTestFarm();
  const { body } = await infer({
    prompt: 'a red circle moves right fast on a blue background',
    resolution: '256',
    num_output_frames: 25,
    steps: 8,
    guidance_scale: 2,
    seed: 4,
  });
  source = body.b64_video!;
});
after(() => farm.remove());

async function infer(body: object) {
  const response = await fetch(`${farm.url}/v1/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

/** Where a colour is in the first, the middle and the last of 25 frames. */
async function track(video: string, colour: Colour) {
  const path = join(farm.data, 'track.mp4');
  await writeFile(path, Buffer.from(video, 'base64'));
  const { frames } = await probe(path);
  assert.equal(frames, 25);
  const pictures = await collectFrames(decodeVideo(path, { ...SIZE, maxFrames: 25 }));
  return [0, 12, 24].map((at) => findColour({ ...SIZE, rgb: pictures[at]! }, colour));
}

/** A clip whose prompt says nothing of the way that the circle takes. */
const transfer = (over: object) =>
  infer({
    video: source,
    prompt: 'a green circle on a white background',
    resolution: '256',
    num_steps: 8,
    guidance: 2,
    seed: 9,
    ...over,
  });

describe('the embedded world model', () => {
  for (const control of ['edge', 'depth', 'seg'] as const) {
    it(`follows the ${control} map of a video in other colours`, async (test) => {
      const wanted = await track(source, 'red');
      const follows = async () => {
        const { status, body } = await transfer({ [control]: {} });
        assert.equal(status, 200, JSON.stringify(body.error));
        const seen = await track(body.b64_video!, 'green');
        const away = seen.map(({ x, y }, n) => Math.hypot(x - wanted[n]!.x, y - wanted[n]!.y));
        const told = JSON.stringify({ wanted, seen, away });
        return { good: seen.every(({ share }) => share > 0.01) && away.every((far) => far < 0.06), told };
      };
      const first = await follows();
      if (first.good) return;
      // Once in some twenty whole runs a first clip strayed, and no cause was found: a second tells chance from a fault.
      test.diagnostic(`strayed: ${first.told}`);
      process.stderr.write(`!!! a clip with ${control} control strayed: ${first.told}\n`);
      const second = await follows();
      assert.ok(second.good, second.told);
    });
  }

  it('takes several controls at once, given and found', async () => {
    const { status, body } = await transfer({
      vis: { control_weight: 0.3 },
      edge: { control: source },
      seg: {},
    });
    assert.equal(status, 200, JSON.stringify(body.error));
    assert.equal((await track(body.b64_video!, 'green')).length, 3);
  });

  it('goes on from a video', async () => {
    const { status, body } = await infer({
      model_mode: 'video2video',
      prompt: 'a red circle moves right fast on a blue background',
      input_reference: source,
      condition_frame_indexes_vision: [0, 1],
      condition_video_keep: 'last',
      num_frames: 25,
      num_inference_steps: 8,
      guidance_scale: 2,
      resolution: '256',
      seed: 1,
    });
    assert.equal(status, 200, JSON.stringify(body.error));
    const [before, after] = [await track(source, 'red'), await track(body.b64_video!, 'red')];
    assert.ok(
      after[0]!.x < before[2]!.x + 0.02 && after[1]!.x > before[2]!.x,
      'from where it ended, to the right',
    );
  });

  it('draws a picture', async () => {
    const { status, body } = await infer({
      model_mode: 'text2image',
      prompt: 'a snowy street with trees',
      resolution: '256',
      num_inference_steps: 8,
      seed: 1,
    });
    assert.equal(status, 200, JSON.stringify(body.error));
    assert.equal(Buffer.from(body.b64_image!, 'base64').subarray(0, 2).toString('hex'), 'ffd8');
  });
});
