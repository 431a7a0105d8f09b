import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FarmError } from '../errors.ts';
import type { Family } from '../modes.ts';
import { families, readBody } from './index.ts';

const context = { drawSeed: () => 12345 };
const media = 'AAAA';
const words = (count: number) => 'x'.repeat(count);

/** A body that is valid, and for each field what passes and what does not: both sides of every limit. */
interface Limits {
  base: Record<string, unknown>;
  fields: Record<string, { passes: unknown[]; fails: unknown[] }>;
}

const text = { passes: ['a', words(20_000)], fails: [words(20_001), 5, null] };
const negative = { passes: ['', words(20_000)], fails: [words(20_001), 5, null] };
const seed32 = { passes: [0, 4_294_967_295], fails: [-1, 4_294_967_296, 1.5, '4', null] };
const seed = { passes: [0, 2 ** 40], fails: [-1, 1.5, '4', null] };
const int = (low: number, high: number) => ({
  passes: [low, high],
  fails: [low - 1, high + 1, low + 0.5, `${low}`],
});
const number = (low: number, high: number) => ({
  passes: [low, high, (low + high) / 2],
  fails: [low - 0.01, high + 0.01, `${low}`, null],
});
const side = { passes: [64, 1280, 704], fails: [56, 1288, 701, 64.5, '64'] };
const mediaField = {
  passes: [media, 'https://example.com/a', `data:image/png;base64,${media}`],
  fails: [5, null, 'ä'],
};

const LIMITS: Record<Family, Limits> = {
  predict1: {
    base: { prompt: 'x' },
    fields: {
      prompt: { ...text, fails: [...text.fails, '', '  '] },
      negative_prompt: negative,
      prompt_upsampling: { passes: [true, false], fails: ['true', 1] },
      seed: seed32,
      guidance_scale: number(1, 10),
      steps: int(1, 100),
      image: mediaField,
      video: mediaField,
      'video_params.height': side,
      'video_params.width': side,
      'video_params.frames_count': int(1, 481),
      'video_params.frames_per_sec': int(1, 60),
      'video_params.extra': { passes: [], fails: [1] },
      extra: { passes: [], fails: [1] },
    },
  },
  'cosmos3-generator': {
    base: { prompt: 'x' },
    fields: {
      prompt: { ...text, fails: [...text.fails, '', '  '] },
      negative_prompt: negative,
      image: mediaField,
      seed,
      guidance_scale: number(1, 7),
      steps: int(1, 100),
      resolution: {
        passes: ['256', '480_4_3', '720_9_16'],
        fails: ['1080', '480_2_1', 480, '256_', '512', ''],
      },
      num_output_frames: { passes: [25, 29, 197], fails: [21, 26, 27, 28, 201, 25.5, '25'] },
      fps: number(1, 60),
      extra: { passes: [], fails: [1] },
    },
  },
  'predict2.5': {
    base: { prompt: 'x' },
    fields: {
      prompt: { ...text, fails: [...text.fails, '', undefined] },
      negative_prompt: negative,
      image: mediaField,
      video: mediaField,
      resolution: { passes: ['256', '512_4_3', '720'], fails: ['640', '512_2_1', 512] },
      num_output_frames: int(1, 481),
      guidance_scale: number(1, 20),
      steps: int(1, 50),
      seed: seed32,
      extra: { passes: [], fails: [1] },
    },
  },
  'transfer2.5': {
    base: { prompt: 'x', video: media, edge: {} },
    fields: {
      prompt: { ...text, fails: [...text.fails, '', undefined] },
      video: { passes: mediaField.passes, fails: [...mediaField.fails, '', undefined] },
      'edge.control_weight': { passes: [0.01, 1], fails: [-0.01, 1.01, '1', 0] },
      'edge.control': { passes: [media], fails: ['', '  ', null] },
      'edge.mask': { passes: [media], fails: ['', null] },
      'edge.extra': { passes: [], fails: [1] },
      'edge.control_prompt': { passes: [], fails: ['car'] },
      'seg.control_prompt': { passes: ['car, building'], fails: [5] },
      resolution: { passes: ['256', '480', '512', '720'], fails: ['1080', '480_16_9', 720] },
      guidance: number(0, 7),
      num_steps: int(1, 100),
      num_conditional_frames: { passes: [1, 2], fails: [0, 3, 1.5, '1'] },
      sigma_max: { passes: [0.1, 80], fails: [0, -1, '80'] },
      seed: seed32,
      extra: { passes: [], fails: [1] },
    },
  },
  cosmos3: {
    base: { model_mode: 'text2video', prompt: 'x' },
    fields: {
      model_mode: { passes: ['text2image', 'text2video'], fails: ['dream', 1, 'image2video'] },
      prompt: { ...text, fails: [...text.fails, '', undefined] },
      negative_prompt: negative,
      input_reference: { passes: [], fails: [media, 5] },
      seed,
      guidance_scale: number(1, 7),
      num_inference_steps: int(1, 100),
      flow_shift: { passes: [1, 10.5], fails: ['10', null] },
      resolution: { passes: ['256', '720_1_1'], fails: ['512', 720] },
      num_frames: { passes: [25, 26, 197], fails: [24, 198, 25.5, '25'] },
      fps: number(1, 60),
      condition_frame_indexes_vision: { passes: [], fails: [[0, 1]] },
      condition_video_keep: { passes: [], fails: ['first'] },
      transfer: { passes: [], fails: [{ edge: true }] },
      steps: { passes: [], fails: [35] },
      num_output_frames: { passes: [], fails: [25] },
      extra: { passes: [], fails: [1] },
    },
  },
};

function withField(base: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const [first, second] = path.split('.') as [string, string?];
  return second
    ? { ...base, [first]: { ...(base[first] as object), [second]: value } }
    : { ...base, [first]: value };
}

for (const [family, { base, fields }] of Object.entries(LIMITS) as [Family, Limits][]) {
  const spec = families[family];
  describe(family, () => {
    it('takes its smallest body', () => {
      assert.equal(readBody(spec, base, context).family, family);
    });
    for (const [path, { passes, fails }] of Object.entries(fields)) {
      for (const value of passes) {
        it(`takes ${path} = ${JSON.stringify(value)?.slice(0, 40)}`, () => {
          readBody(spec, withField(base, path, value), context);
        });
      }
      for (const value of fails) {
        it(`refuses ${path} = ${JSON.stringify(value)?.slice(0, 40)}`, () => {
          assert.throws(
            () => readBody(spec, withField(base, path, value), context),
            (error: unknown) =>
              error instanceof FarmError &&
              error.type === spec.refusal &&
              // A mode that wants an input names the input that is missing.
              (error.param === path || (path === 'model_mode' && error.param === 'input_reference')),
          );
        });
      }
    }
    it('validates every example of its own', () => {
      for (const { body } of spec.examples) readBody(spec, body, context);
    });
  });
}

describe('frames by tier', () => {
  for (const [tier, most] of [
    ['256', 397],
    ['480', 297],
    ['720', 197],
  ] as const) {
    for (const key of [tier, `${tier}_1_1`]) {
      it(`${key} makes ${most} and no more`, () => {
        const generator = (frames: number) =>
          readBody(
            families['cosmos3-generator'],
            { prompt: 'x', resolution: key, num_output_frames: frames },
            context,
          );
        assert.equal(generator(most).frames, most);
        assert.throws(() => generator(most + 4), /num_output_frames: at most/);
        const newer = (frames: number) =>
          readBody(
            families.cosmos3,
            { model_mode: 'text2video', prompt: 'x', resolution: key, num_frames: frames },
            context,
          );
        assert.equal(newer(most).frames, most);
        assert.throws(() => newer(most + 1), /num_frames: /);
      });
    }
  }
});
