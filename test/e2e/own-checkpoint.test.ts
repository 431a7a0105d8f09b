import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { probe } from '@worldfarm/media';
import { startTestFarm, type TestFarm } from '@worldfarm/test-support';

/** Small random graphs that serve every mode: what comes out means nothing, but it comes the whole way. */
const CHECKPOINT = resolve(import.meta.dirname, '../../libs/diffusion/fixtures/cosmos3');
const run = promisify(execFile);

let farm: TestFarm;
let image: string;
let video: string;

before(async () => {
  farm = await startTestFarm({ NIM_FT_CHECKPOINT: CHECKPOINT });
  const source = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x192:rate=24:duration=1.1'];
  await run('ffmpeg', [...source, '-frames:v', '1', join(farm.data, 'in.png')]);
  await run('ffmpeg', [...source, '-pix_fmt', 'yuv420p', join(farm.data, 'in.mp4')]);
  image = (await readFile(join(farm.data, 'in.png'))).toString('base64');
  video = (await readFile(join(farm.data, 'in.mp4'))).toString('base64');
});
after(() => farm.remove());

async function infer(body: object) {
  const response = await fetch(`${farm.url}/v1/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'a car', num_inference_steps: 2, resolution: '256', seed: 3, ...body }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

describe("an operator's own checkpoint", () => {
  it('is what the farm serves, and metadata names it', async () => {
    const metadata = (await (await fetch(`${farm.url}/v1/metadata`)).json()) as Record<string, unknown>;
    assert.equal(metadata.checkpoint, CHECKPOINT);
    assert.equal(metadata.selectedModelProfileId, 'tiny-cosmos3');
  });

  const modes: [string, () => object][] = [
    ['text2video', () => ({ model_mode: 'text2video', num_frames: 25 })],
    ['image2video', () => ({ model_mode: 'image2video', num_frames: 25, input_reference: image })],
    ['video2video', () => ({ model_mode: 'video2video', num_frames: 25, input_reference: video })],
    [
      'transfer from edges that the farm finds',
      () => ({ model_mode: 'video2video', num_frames: 25, input_reference: video, transfer: { edge: true } }),
    ],
    [
      'transfer from a given depth map and a blur',
      () => ({
        model_mode: 'video2video',
        num_frames: 25,
        input_reference: video,
        transfer: { depth: { video }, blur: { preset_blur_strength: 'low' } },
      }),
    ],
  ];
  for (const [mode, body] of modes) {
    it(`renders ${mode}`, async () => {
      const reply = await infer(body());
      assert.equal(reply.status, 200, JSON.stringify(reply.body.error));
      const path = join(farm.data, 'out.mp4');
      await writeFile(path, Buffer.from(reply.body.b64_video!, 'base64'));
      const { width, height, frames } = await probe(path);
      assert.deepEqual({ width, height, frames }, { width: 320, height: 192, frames: 25 });
    });
  }

  it('renders text2image as a JPEG', async () => {
    const { status, body } = await infer({ model_mode: 'text2image' });
    assert.equal(status, 200, JSON.stringify(body.error));
    assert.equal(Buffer.from(body.b64_image!, 'base64').subarray(0, 2).toString('hex'), 'ffd8');
  });

  it('refuses what it cannot make, with a sentence', async () => {
    const { status, body } = await infer({
      model_mode: 'video2video',
      input_reference: video,
      transfer: { seg: {} },
    });
    assert.ok(status === 400 || status === 422, `${status}`);
    assert.match(JSON.stringify(body.error), /seg/);
  });
});
