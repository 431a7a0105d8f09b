import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { loadProfile } from '../../engine/load.ts';
import type { RenderRequest } from '../../request.ts';
import { toRgb } from '../../tensor/rgb.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { KERNEL_WORLD, maxDifference, readTensor } from '../../test-support/files.ts';
import { readPng } from '../../test-support/png.ts';
import { gather, RED_CIRCLE } from '../../test-support/render.ts';
import type { Pipeline } from '../pipeline.ts';
import { readPipeline } from '../registry.ts';

const golden = join(KERNEL_WORLD, 'golden');
const DIMS = [1, 7, 32, 12, 20];
let pipeline: Pipeline;
let plan: (request: RenderRequest) => ReturnType<ReturnType<typeof readPipeline>['plan']>;
let spec: { prompt: string; steps: number; guidance: number; image_to_video: { prompt: string } };

before(async () => {
  const loaded = await loadProfile(KERNEL_WORLD, { digests: false });
  pipeline = loaded.pipeline;
  plan = readPipeline(loaded.profile).plan;
  spec = JSON.parse(await readFile(join(golden, 'golden.json'), 'utf8'));
});

/** The latents and the frames of a request, sampled from the golden noise. */
async function sample(request: RenderRequest): Promise<{ latents: Tensor; video: Tensor }> {
  const noise = await readTensor(join(golden, 'noise.f32'), DIMS);
  const render = await pipeline.begin(request, plan(request), () => noise);
  const denoiser = await render.window(0, undefined);
  for (let i = 0; i < denoiser.steps; i++) await denoiser.step(i);
  const latents = denoiser.result();
  const [video] = await gather(render.decode(latents));
  return { latents, video: video! };
}

test('text to video reaches the golden latents and frame', async () => {
  const { prompt, steps, guidance } = spec;
  const { latents, video } = await sample({ ...RED_CIRCLE, prompt, steps, guidance });
  const wanted = await readTensor(join(golden, 'latents.f32'), DIMS);
  assert.ok(maxDifference(latents.data, wanted.data) < 1e-5);
  const { rgb } = await readPng(join(golden, 'frame-12.png'));
  // The golden picture was cut to bytes, ours is rounded.
  assert.ok(maxDifference(toRgb(video, 12, 13), rgb) <= 1);
});

test('image to video reaches the golden last frame', async () => {
  const image = (await readPng(join(golden, 'image.png'))).rgb;
  const { prompt } = spec.image_to_video;
  const { video } = await sample({ ...RED_CIRCLE, mode: 'image2video', prompt, image });
  const { rgb } = await readPng(join(golden, 'i2v-frame-24.png'));
  assert.ok(maxDifference(toRgb(video, 24, 25), rgb) <= 1);
});
