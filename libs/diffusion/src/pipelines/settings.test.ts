import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { rm } from 'node:fs/promises';
import { type DiffusionEngine, openEngine } from '../index.ts';
import { KERNEL_WORLD, maxDifference } from '../test-support/files.ts';
import { loadProfile } from '../engine/load.ts';
import { collect, gather, RED_CIRCLE } from '../test-support/render.ts';
import { variantOf } from '../profile/variant.ts';
import { readPipeline } from './registry.ts';
import { emptyTimings, renderFrames } from './render.ts';

interface Settings {
  pipeline: { guidance: { batched?: boolean; interval?: [number, number] }; step_cache?: object };
}

const folders: string[] = [];
after(async () => {
  for (const dir of folders) await rm(dir, { recursive: true });
});

async function withSettings<T>(
  dir: string,
  change: (profile: Settings) => void,
  use: (engine: DiffusionEngine) => Promise<T>,
): Promise<T> {
  const variant = await variantOf(dir, change);
  folders.push(variant);
  const engine = await openEngine(variant, { threads: 2, digests: false });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

const render = (engine: DiffusionEngine) => collect(engine, RED_CIRCLE);
const plain = withSettings(KERNEL_WORLD, () => {}, render);

test('guidance in one batch of two gives the pictures of two evaluations', async () => {
  const change = (profile: Settings) => {
    profile.pipeline.guidance.batched = true;
  };
  const batched = await withSettings(KERNEL_WORLD, change, render);
  assert.ok(maxDifference(batched.bytes, (await plain).bytes) <= 1);
});

test('an interval that holds all noise levels changes nothing, an empty one turns guidance off', async () => {
  const within = (interval: [number, number]) => (profile: Settings) => {
    profile.pipeline.guidance.interval = interval;
  };
  const all = await withSettings(KERNEL_WORLD, within([0, 1]), render);
  assert.ok(all.bytes.equals((await plain).bytes));
  const none = await withSettings(KERNEL_WORLD, within([2, 3]), render);
  const unguided = await withSettings(
    KERNEL_WORLD,
    () => {},
    (engine) => collect(engine, { ...RED_CIRCLE, guidance: 1 }),
  );
  assert.ok(none.bytes.equals(unguided.bytes));
  assert.ok(!none.bytes.equals((await plain).bytes));
});

const caching = (threshold: number) => (profile: Settings) => {
  profile.pipeline.step_cache = { type: 'easycache', threshold };
};
const LONG = { ...RED_CIRCLE, steps: 30 };

/** Peak signal-to-noise ratio of two clips, in dB. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}

test('the step cache skips evaluations, counts them, and keeps the picture', async () => {
  const whole = await withSettings(
    KERNEL_WORLD,
    () => {},
    (engine) => collect(engine, LONG),
  );
  const cached = await withSettings(KERNEL_WORLD, caching(0.1), (engine) => collect(engine, LONG));
  assert.equal(whole.timings.stepsComputed, 30);
  assert.ok(cached.timings.stepsComputed < 25, `${cached.timings.stepsComputed} steps were computed`);
  assert.ok(psnr(whole.bytes, cached.bytes) > 25, `${psnr(whole.bytes, cached.bytes)} dB`);
});

test('a render with the step cache resumes to the same bytes', async () => {
  await withSettings(KERNEL_WORLD, caching(0.1), async (engine) => {
    const saved: Uint8Array[] = [];
    const save = async (bytes: Uint8Array) => void saved.push(bytes);
    const whole = await collect(engine, LONG, { checkpoint: { every: 0, save } });
    const resumed = await collect(engine, LONG, { resume: saved[Math.floor(saved.length / 2)]! });
    assert.ok(resumed.timings.stepsResumed > 5);
    assert.ok(resumed.bytes.equals(whole.bytes));
  });
});

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

test('a multistep scheduler resumes after each of its steps to the same bytes', async () => {
  const { pipeline, profile } = await loadProfile(join(FIXTURES, 'predict2.5'), { threads: 2 });
  const request = { ...RED_CIRCLE, width: 32, height: 48, frames: 9, steps: 6 };
  const plan = readPipeline(profile).plan(request);
  const saved: Uint8Array[] = [];
  const render = async (resume?: Uint8Array) => {
    const frames = renderFrames(pipeline, request, plan, emptyTimings(plan), {
      turn: async () => {},
      progress: () => {},
      warn: () => {},
      checkpointDue: () => resume === undefined,
      checkpoint: (bytes) => void saved.push(bytes),
      ...(resume && { resume }),
      fingerprint: '',
    });
    return Buffer.concat(await gather(frames));
  };
  const whole = await render();
  assert.equal(saved.length, request.steps);
  for (const resume of saved) assert.ok((await render(resume)).equals(whole));
});

test('an optimised graph that was cached gives the bytes of a fresh one', async () => {
  const cacheDir = await variantOf(KERNEL_WORLD, () => {});
  folders.push(cacheDir);
  const run = async () => {
    const engine = await openEngine(KERNEL_WORLD, { threads: 2, digests: false, cacheDir });
    const result = await collect(engine, RED_CIRCLE);
    await engine.close();
    return { ...result, load: engine.load };
  };
  const first = await run();
  const second = await run();
  assert.ok(second.bytes.equals(first.bytes));
  assert.ok(second.bytes.equals((await plain).bytes));
});
