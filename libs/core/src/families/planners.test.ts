import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FarmError } from '../errors.ts';
import type { Family } from '../modes.ts';
import type { RenderPlan } from '../plan.ts';
import { RESOLUTION_KEYS } from '../tiers.ts';
import { discriminateFamily, families, readBody } from './index.ts';

const context = { drawSeed: () => 12345 };
const plan = (family: Family, body: object) => readBody(families[family], body, context);
const media = 'AAAA';

/** The NIM API page's table, to the pixel. */
const SHAPES: Record<string, string> = {
  '256': '320x192',
  '256_16_9': '320x192',
  '256_1_1': '256x256',
  '256_9_16': '192x320',
  '256_4_3': '320x256',
  '256_3_4': '256x320',
  '480': '832x480',
  '480_16_9': '832x480',
  '480_1_1': '640x640',
  '480_9_16': '480x832',
  '480_4_3': '736x544',
  '480_3_4': '544x736',
  '720': '1280x720',
  '720_16_9': '1280x720',
  '720_1_1': '960x960',
  '720_9_16': '720x1280',
  '720_4_3': '1104x832',
  '720_3_4': '832x1104',
};

describe('the resolution table', () => {
  it('has 15 keys and 3 bare tiers', () =>
    assert.deepEqual([...RESOLUTION_KEYS].sort(), Object.keys(SHAPES).sort()));
  for (const [key, shape] of Object.entries(SHAPES)) {
    it(`${key} is ${shape}`, () => {
      const { width, height, tier } = plan('cosmos3-generator', { prompt: 'x', resolution: key });
      assert.equal(`${width}x${height}`, shape);
      assert.equal(tier, key.slice(0, 3));
    });
  }
});

describe('defaults', () => {
  it('of cosmos3-generator', () => {
    const { steps, guidance, frames, fps, seed, width, mode, negativePrompt } = plan('cosmos3-generator', {
      prompt: 'x',
    });
    assert.deepEqual(
      [steps, guidance, frames, fps, seed, width, mode],
      [35, 6, 189, 24, 12345, 1280, 'text2video'],
    );
    assert.equal(negativePrompt, undefined);
    assert.equal(plan('cosmos3-generator', { prompt: 'x', negative_prompt: '' }).negativePrompt, '');
  });
  it('of predict1', () => {
    const { steps, guidance, frames, fps, width, height, upsample } = plan('predict1', { prompt: 'x' });
    assert.deepEqual(
      [steps, guidance, frames, fps, width, height, upsample],
      [35, 7, 121, 24, 1280, 704, true],
    );
    assert.equal(plan('predict1', { prompt: 'x', image: media }).upsample, false);
  });
  it('of predict2.5', () => {
    const { steps, guidance, frames, width, height } = plan('predict2.5', { prompt: 'x' });
    assert.deepEqual([steps, guidance, frames, width, height], [35, 7, 93, 1280, 720]);
    assert.equal(plan('predict2.5', { prompt: 'x', resolution: '512_4_3' }).tier, '480');
  });
  it('of transfer2.5', () => {
    const made = plan('transfer2.5', { prompt: 'x', video: media, edge: {} });
    const { steps, guidance, sigmaMax, conditionalFrames, windowFrames, controls } = made;
    assert.deepEqual([steps, guidance, sigmaMax, conditionalFrames, windowFrames], [35, 3, 80, 1, 93]);
    assert.deepEqual(controls, [{ control: 'edge', weight: 1 }]);
  });
  it('of cosmos3', () => {
    const { steps, guidance, frames, fps, flowShift } = plan('cosmos3', {
      model_mode: 'text2video',
      prompt: 'x',
    });
    assert.deepEqual([steps, guidance, frames, fps, flowShift], [35, 6, 189, 24, 10]);
    assert.equal(plan('cosmos3', { model_mode: 'text2image', prompt: 'x' }).frames, 1);
    const follow = plan('cosmos3', { model_mode: 'video2video', input_reference: media });
    assert.deepEqual([follow.conditionIndexes, follow.conditionKeep], [[0, 1], 'first']);
  });
});

describe('modes', () => {
  it('follow the media of a body', () => {
    assert.equal(plan('cosmos3-generator', { image: media }).mode, 'image2video');
    assert.equal(plan('cosmos3-generator', { prompt: 'x', image: ' ' }).mode, 'text2video');
    assert.equal(plan('predict1', { image: media }).mode, 'image2video');
    assert.equal(plan('predict1', { video: media }).mode, 'video2video');
    assert.equal(plan('predict2.5', { prompt: 'x', video: media }).mode, 'video2video');
    assert.equal(
      plan('cosmos3', { model_mode: 'image2video', input_reference: media }).image?.field,
      'input_reference',
    );
  });
});

describe('controls', () => {
  it('are weighed so that they sum to 1 at most', () => {
    const weights = (over: object) =>
      plan('transfer2.5', { prompt: 'x', video: media, ...over }).controls?.map(({ weight }) => weight);
    assert.deepEqual(weights({ edge: {}, depth: {}, vis: {}, seg: {} }), [0.25, 0.25, 0.25, 0.25]);
    assert.deepEqual(weights({ edge: { control_weight: 0.3 }, depth: { control_weight: 0.2 } }), [0.3, 0.2]);
    assert.deepEqual(
      weights({ edge: { control_weight: 0.9 }, seg: { control_weight: 0.3 } })?.map((w) => w.toFixed(2)),
      ['0.75', '0.25'],
    );
  });

  it('take the clip as long, fast and wide as it is', () => {
    const made = plan('transfer2.5', {
      prompt: 'x',
      video: media,
      edge: {},
      resolution: '480',
    }) as unknown as RenderPlan;
    const follow = (width: number, height: number) =>
      families['transfer2.5'].follow?.(made, { width, height, frames: 77, fps: 30 });
    assert.deepEqual(follow(1920, 1080), { width: 832, height: 480, frames: 77, fps: 30 });
    assert.deepEqual(follow(100, 100), { width: 640, height: 640, frames: 77, fps: 30 });
    assert.deepEqual(follow(600, 800), { width: 544, height: 736, frames: 77, fps: 30 });
  });

  it('of cosmos3 are made from the clip or brought along', () => {
    const video = { model_mode: 'video2video' };
    const made = plan('cosmos3', {
      ...video,
      input_reference: media,
      transfer: { edge: true, blur: { preset_blur_strength: 'low' } },
    });
    assert.equal(made.mode, 'transfer');
    assert.deepEqual(made.controls, [
      { control: 'edge', weight: 0.5 },
      { control: 'blur', weight: 0.5, preset: 'low' },
    ]);
    assert.deepEqual([made.controlGuidance, made.windowFrames, made.conditionalFrames], [1.5, 93, 1]);
    const brought = plan('cosmos3', { ...video, transfer: { depth: { video: media } } });
    assert.equal(brought.controls?.[0]?.media?.field, 'transfer.depth.video');
    const refuses = (transfer: object, field: string) =>
      assert.throws(
        () => plan('cosmos3', { ...video, input_reference: media, transfer }),
        (error: unknown) => error instanceof FarmError && error.status === 422 && error.param === field,
      );
    refuses({}, 'transfer.edge');
    refuses({ depth: true }, 'transfer.depth');
    refuses({ depth: {} }, 'transfer.depth.video');
    refuses({ edge: true, control_guidance: 11 }, 'transfer.control_guidance');
    refuses({ edge: true, num_conditional_frames: 93 }, 'transfer.num_conditional_frames');
    assert.throws(
      () => plan('cosmos3', { ...video, transfer: { edge: true } }),
      /input_reference: a video is required/,
    );
  });
});

describe('discriminateFamily', () => {
  it('looks for fields in the order of the contract', () => {
    const of = (body: object) => discriminateFamily(body as Record<string, unknown>, 'cosmos3-generator');
    assert.equal(of({ model_mode: 'text2video', edge: {}, video: '' }), 'cosmos3');
    assert.equal(of({ edge: {}, video: '' }), 'transfer2.5');
    assert.equal(of({ seg: {} }), 'transfer2.5');
    assert.equal(of({ video_params: {} }), 'predict1');
    assert.equal(of({ prompt_upsampling: false }), 'predict1');
    assert.equal(of({ video: 'x' }), 'predict1');
    assert.equal(of({ prompt: 'x', image: 'y' }), 'cosmos3-generator');
  });
});

describe('replies', () => {
  const outcome = { mode: 'text2video', seed: 4, prompt: 'x' } as const;
  it('have the fields of their dialect', () => {
    assert.deepEqual(families.predict1.reply({ ...outcome, upsample: true }).fields, {
      seed: 4,
      upsampled_prompt: 'x',
    });
    assert.deepEqual(families.predict1.reply({ ...outcome, upsample: true, upsampledPrompt: 'y' }).fields, {
      seed: 4,
      upsampled_prompt: 'y',
    });
    assert.deepEqual(families.predict1.reply({ ...outcome, upsample: false }).fields, { seed: 4 });
    assert.deepEqual(families.cosmos3.reply(outcome), {
      media: 'b64_video',
      fields: { action: null, seed: 4 },
    });
    assert.equal(families.cosmos3.reply({ ...outcome, mode: 'text2image' }).media, 'b64_image');
  });
});
