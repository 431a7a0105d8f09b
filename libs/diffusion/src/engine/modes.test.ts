import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Mode } from '@worldfarm/core';
import { type DiffusionEngine, openEngine, type RenderRequest } from '../index.ts';
import { FIXTURES } from '../parity/fixtures.ts';
import { collect } from '../test-support/render.ts';

const SIZE = { width: 64, height: 32 };
const FRAME = SIZE.width * SIZE.height * 3;

let engine: DiffusionEngine;
before(async () => {
  engine = await openEngine(join(FIXTURES, 'cosmos3'), { threads: 2, warmUp: true });
});
after(() => engine.close());

/** A clip whose every frame differs. */
const clip = (frames: number, start = 0) => ({
  frames,
  data: Uint8Array.from(
    { length: frames * FRAME },
    (_, i) => (i * 7 + start + Math.floor(i / FRAME) * 31) % 256,
  ),
});

const base = (mode: Mode): RenderRequest => ({
  ...SIZE,
  mode,
  prompt: 'a car on a street',
  negativePrompt: 'blurry',
  seed: 3,
  steps: 3,
  guidance: 3,
  frames: 9,
  fps: 24,
});

/** A fresh request each time: clips are moved to the engine's thread. */
const REQUESTS: Record<string, () => RenderRequest> = {
  text2video: () => base('text2video'),
  image2video: () => ({ ...base('image2video'), image: clip(1).data }),
  video2video: () => ({ ...base('video2video'), video: clip(9) }),
  text2image: () => ({ ...base('text2image'), frames: 1 }),
  transfer: () => ({
    ...base('transfer'),
    controls: [
      { kind: 'edge', weight: 1, video: clip(9, 5) },
      { kind: 'depth', weight: 1, video: clip(9, 90) },
    ],
    controlGuidance: 1.5,
    windowFrames: 5,
  }),
};

for (const [mode, request] of Object.entries(REQUESTS)) {
  test(`one profile serves ${mode}, the same twice, and resumes it from a checkpoint`, async () => {
    const saved: Uint8Array[] = [];
    const save = async (bytes: Uint8Array) => void saved.push(bytes);
    const whole = await collect(engine, request(), { checkpoint: { every: 0, save } });
    assert.equal(whole.bytes.length, request().frames * FRAME);
    assert.ok((await collect(engine, request())).bytes.equals(whole.bytes));
    const resumed = await collect(engine, request(), { resume: saved.at(-1)! });
    assert.ok(resumed.timings.stepsResumed > 0);
    assert.ok(resumed.bytes.equals(whole.bytes));
  });
}

test('what is given changes the pictures', async () => {
  const other = { ...REQUESTS.image2video!(), image: clip(1, 100).data };
  const image = await collect(engine, REQUESTS.image2video!());
  assert.ok(!(await collect(engine, other)).bytes.equals(image.bytes));
  const reversed = REQUESTS.transfer!();
  const transfer = await collect(engine, REQUESTS.transfer!());
  const controls = [{ kind: 'edge' as const, weight: 1, video: clip(9, 50) }, reversed.controls![1]!];
  assert.ok(!(await collect(engine, { ...reversed, controls })).bytes.equals(transfer.bytes));
});

test('clips of a request are moved, an image is not, and the load report has the warm-up', async () => {
  const moved = REQUESTS.video2video!();
  await collect(engine, moved);
  assert.equal(moved.video!.data.length, 0);
  const copied = REQUESTS.image2video!();
  await collect(engine, copied);
  assert.equal(copied.image!.length, FRAME);
  assert.ok(engine.load.warmUp! > 0);
});

test('a checkpoint does not go on with other pictures', async () => {
  const saved: Uint8Array[] = [];
  const save = async (bytes: Uint8Array) => void saved.push(bytes);
  await collect(engine, REQUESTS.image2video!(), { checkpoint: { every: 0, save } });
  const other = { ...REQUESTS.image2video!(), image: clip(1, 100).data };
  assert.equal((await collect(engine, other, { resume: saved[0]! })).timings.stepsResumed, 0);
});
