import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FarmError } from '@worldfarm/core';
import { watchLoop } from '@worldfarm/test-support';
import { EngineError, openEngine, type DiffusionEngine, type RenderProgress } from '../index.ts';
import { KERNEL_WORLD } from '../test-support/files.ts';
import { collect, RED_CIRCLE } from '../test-support/render.ts';

let engine: DiffusionEngine;
before(async () => {
  engine = await openEngine(KERNEL_WORLD, { threads: 2 });
});
after(() => engine.close());

const FRAME = 320 * 192 * 3;

/** Mean colour of the reddest pixels, their mean column, and the mean colour of the rest. */
function judge(frame: Uint8Array): { red: number[]; column: number; rest: number[]; share: number } {
  const red = [0, 0, 0];
  const rest = [0, 0, 0];
  let count = 0;
  let column = 0;
  for (let i = 0; i < frame.length; i += 3) {
    const isRed = frame[i]! > 150 && frame[i + 2]! < 100;
    for (let c = 0; c < 3; c++) (isRed ? red : rest)[c]! += frame[i + c]!;
    if (isRed) {
      count += 1;
      column += (i / 3) % 320;
    }
  }
  const others = frame.length / 3 - count;
  return {
    red: red.map((sum) => sum / count),
    column: column / count,
    rest: rest.map((sum) => sum / others),
    share: count / (count + others),
  };
}

test('a red circle that moves right on blue is red, moves right and is on blue', async () => {
  const { bytes } = await collect(engine, RED_CIRCLE);
  assert.equal(bytes.length, 25 * FRAME);
  const frames = [0, 12, 24].map((n) => judge(bytes.subarray(n * FRAME, (n + 1) * FRAME)));
  for (const { red, rest, share } of frames) {
    assert.ok(share > 0.005 && share < 0.2, `the circle fills ${share}`);
    assert.ok(red[0]! > red[1]! + 80 && red[0]! > red[2]! + 80, `the circle is ${red}`);
    assert.ok(rest[2]! > rest[0]! + 50 && rest[2]! > rest[1]! + 50, `the background is ${rest}`);
  }
  assert.ok(frames[1]!.column > frames[0]!.column + 20 && frames[2]!.column > frames[1]!.column + 20);
});

test('the main thread is never held up over 50 ms during a render', async () => {
  const loop = watchLoop();
  await collect(engine, { ...RED_CIRCLE, frames: 49 });
  const held = loop.stop();
  assert.ok(held < 50, `held up for ${held} ms`);
});

test('any number of frames is met exactly, and the same request gives the same bytes', async () => {
  for (const frames of [1, 7, 61]) {
    const request = { ...RED_CIRCLE, frames, steps: 4 };
    const { bytes } = await collect(engine, request);
    assert.equal(bytes.length, frames * FRAME);
    assert.ok(bytes.equals((await collect(engine, request)).bytes));
  }
});

test('a thread count of one gives the bytes of two', async () => {
  const single = await openEngine(KERNEL_WORLD, { threads: 1, digests: false });
  const { bytes } = await collect(single, RED_CIRCLE);
  await single.close();
  assert.ok(bytes.equals((await collect(engine, RED_CIRCLE)).bytes));
});

test('progress rises to 1 and counts the steps of all windows', async () => {
  const seen: RenderProgress[] = [];
  const { timings } = await collect(
    engine,
    { ...RED_CIRCLE, frames: 30, steps: 4 },
    { onProgress: (progress) => seen.push(progress) },
  );
  const values = seen.map(({ value }) => value);
  assert.deepEqual(
    values,
    values.toSorted((a, b) => a - b),
  );
  assert.ok(values.at(-1)! <= 1 && values.at(-1)! > 0.9);
  assert.deepEqual(
    seen.filter(({ stage }) => stage === 'steps').map(({ step }) => step),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  assert.equal(timings.stepsComputed, 8);
  assert.ok(timings.steps > timings.transformer && timings.transformer > 0 && timings.decode > 0);
});

test('a render resumed from any checkpoint gives the same bytes, across windows too', async () => {
  const request = { ...RED_CIRCLE, frames: 30, steps: 4 };
  const checkpoints: Uint8Array[] = [];
  const save = async (bytes: Uint8Array) => void checkpoints.push(bytes);
  const whole = await collect(engine, request, { checkpoint: { every: 0, save } });
  assert.ok(checkpoints.length >= 4);
  for (const resume of [checkpoints[1]!, checkpoints.at(-1)!]) {
    const resumed = await collect(engine, request, { resume });
    assert.ok(resumed.bytes.equals(whole.bytes));
    assert.ok(resumed.timings.stepsResumed > 0);
    assert.equal(resumed.timings.stepsResumed + resumed.timings.stepsComputed, 8);
  }
  const other = await collect(engine, { ...request, seed: 2 }, { resume: checkpoints[1]! });
  assert.equal(other.timings.stepsResumed, 0);
});

test('a checkpoint that is asked for comes after the step on its way, long before its time', async () => {
  const wanted = new AbortController();
  const cancel = new AbortController();
  const saved = Promise.withResolvers<Uint8Array>();
  let step = 0;
  const rendering = collect(engine, RED_CIRCLE, {
    signal: cancel.signal,
    onProgress: (progress) => {
      step = progress.step ?? step;
      if (step === 5) wanted.abort();
    },
    checkpoint: {
      every: 3600,
      now: wanted.signal,
      save: async (bytes) => {
        saved.resolve(bytes);
        cancel.abort(new Error('handed over'));
      },
    },
  });
  await assert.rejects(rendering, /handed over/);
  const resumed = await collect(engine, RED_CIRCLE, { resume: await saved.promise });
  assert.ok(resumed.timings.stepsResumed >= 5 && resumed.timings.stepsResumed < 12);
  assert.ok(resumed.bytes.equals((await collect(engine, RED_CIRCLE)).bytes));
});

test('cancelling stops between steps with the reason of the signal, and the engine goes on', async () => {
  const cancel = new AbortController();
  const reason = new Error('not wanted any more');
  let steps = 0;
  const rendering = engine.render(
    { ...RED_CIRCLE, steps: 100 },
    {
      signal: cancel.signal,
      onProgress: ({ stage }) => {
        if (stage === 'steps' && ++steps === 2) cancel.abort(reason);
      },
    },
  );
  await assert.rejects(rendering, reason);
  assert.ok(steps < 10);
  await assert.rejects(engine.render(RED_CIRCLE, { signal: cancel.signal }), reason);
  assert.equal((await collect(engine, { ...RED_CIRCLE, steps: 4 })).bytes.length, 25 * FRAME);
});

test('a consumer that breaks off frees the engine, and one that is slow holds the decoder back', async () => {
  const rendered = await engine.render({ ...RED_CIRCLE, frames: 49, steps: 4 });
  for await (const chunk of rendered.chunks) {
    assert.ok(chunk.length <= 8 * FRAME);
    break;
  }
  assert.equal((await collect(engine, { ...RED_CIRCLE, steps: 4 })).bytes.length, 25 * FRAME);
});

test('a mode that the profile does not serve is refused before anything runs', async () => {
  const refused = (error: unknown) => error instanceof FarmError && error.type === 'unsupported_mode';
  assert.throws(() => engine.plan({ ...RED_CIRCLE, mode: 'transfer' }), refused);
  await assert.rejects(engine.render({ ...RED_CIRCLE, mode: 'transfer' }), refused);
});

test('a size that is not native is sampled at the native one and said to need scaling', () => {
  const plan = engine.plan({ ...RED_CIRCLE, width: 1280, height: 720, frames: 189 });
  assert.deepEqual([plan.sampled, plan.scale], [{ width: 320, height: 192 }, true]);
  assert.equal(plan.windows.length, 8);
  assert.equal(engine.plan(RED_CIRCLE).scale, false);
});

test('closing in mid-render ends it with an error, and the profile can be opened again', async () => {
  const doomed = await openEngine(KERNEL_WORLD, { digests: false });
  const rendering = doomed.render({ ...RED_CIRCLE, steps: 100 });
  const ended = assert.rejects(rendering, (error) => error instanceof EngineError);
  await doomed.close();
  await ended;
  await assert.rejects(doomed.render(RED_CIRCLE), (error) => error instanceof EngineError);
});
