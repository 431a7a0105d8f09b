import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { loadProfile } from '../../engine/load.ts';
import type { RenderRequest } from '../../request.ts';
import { toRgb } from '../../tensor/rgb.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { KERNEL_WORLD, maxDifference, POCKET_WORLD, readTensor } from '../../test-support/files.ts';
import { readPng } from '../../test-support/png.ts';
import { gather, RED_CIRCLE } from '../../test-support/render.ts';
import type { Pipeline } from '../pipeline.ts';
import { readPipeline } from '../registry.ts';

interface Golden {
  prompt: string;
  steps: number;
  guidance: number;
  /** Of the noise and the latents. */
  shape: number[];
  image_to_video: { prompt: string };
}

/** Largest difference of latents: two runtimes sum in different orders, and every step of a learned network widens it. */
const NEAR = new Map([
  [KERNEL_WORLD, 1e-5],
  [POCKET_WORLD, 2e-3],
]);

for (const [folder, near] of NEAR) {
  describe(`the pipeline on ${basename(folder)}`, () => {
    const golden = join(folder, 'golden');
    let pipeline: Pipeline;
    let plan: (request: RenderRequest) => ReturnType<ReturnType<typeof readPipeline>['plan']>;
    let spec: Golden;

    before(async () => {
      const loaded = await loadProfile(folder, { digests: false });
      pipeline = loaded.pipeline;
      plan = readPipeline(loaded.profile).plan;
      spec = JSON.parse(await readFile(join(golden, 'golden.json'), 'utf8'));
    });

    /** The latents and the frames of a request, sampled from the golden noise. */
    async function sample(over: Partial<RenderRequest>): Promise<{ latents: Tensor; video: Tensor }> {
      const { steps, guidance, shape } = spec;
      const request = { ...RED_CIRCLE, steps, guidance, ...over };
      const noise = await readTensor(join(golden, 'noise.f32'), shape);
      const render = await pipeline.begin(request, plan(request), () => noise);
      const denoiser = await render.window(0, undefined);
      for (let i = 0; i < denoiser.steps; i++) await denoiser.step(i);
      const latents = denoiser.result();
      const [video] = await gather(render.decode(latents));
      return { latents, video: video! };
    }

    it('reaches the golden latents and frame from text', async () => {
      const { latents, video } = await sample({ prompt: spec.prompt });
      const wanted = await readTensor(join(golden, 'latents.f32'), spec.shape);
      const difference = maxDifference(latents.data, wanted.data);
      assert.ok(difference < near, `${difference}`);
      const { rgb } = await readPng(join(golden, 'frame-12.png'));
      // A golden picture may be cut to bytes, ours is rounded.
      assert.ok(maxDifference(toRgb(video, 12, 13), rgb) <= 1);
    });

    it('reaches the golden last frame from an image', async () => {
      const image = (await readPng(join(golden, 'image.png'))).rgb;
      const { prompt } = spec.image_to_video;
      const { video } = await sample({ mode: 'image2video', prompt, image });
      const { rgb } = await readPng(join(golden, 'i2v-frame-24.png'));
      assert.ok(maxDifference(toRgb(video, 24, 25), rgb) <= 1);
    });
  });
}
