import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FarmError, frameGuardSchema, type RenderPlan } from '@worldfarm/core';
import { type Engine, EngineFault, type EngineHooks } from './engine.ts';
import { guardEngine } from './guarded.ts';

const SIZE = { width: 2, height: 2 };
const spec = frameGuardSchema.parse({ file: 'g.onnx', width: 8, height: 8, threshold: 0.5, every: 4 });

/** An engine of frames of one value each; a guard to which the value is the score. */
function guarded(values: number[], chunkBytes = 12) {
  const scored: number[] = [];
  const bytes = Uint8Array.from(values.flatMap((value) => Array(12).fill(value)));
  async function* frames() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const engine = {
    render: async () => ({ kind: 'frames', frames: frames(), size: SIZE, timings: () => ({}), warnings: [] }),
    close: async () => {},
  } as unknown as Engine;
  const guard = {
    score: async (frame: Uint8Array) => {
      if (frame[0] === 255) throw new Error('the thread is gone');
      scored.push(frame[0]!);
      return frame[0]! / 100;
    },
    close: async () => {},
  };
  return { engine: guardEngine(engine, guard, spec), scored, bytes };
}

async function run(engine: Engine): Promise<Buffer> {
  const rendered = await engine.render({} as RenderPlan, {} as never, {} as EngineHooks);
  assert.equal(rendered.kind, 'frames');
  const chunks: Uint8Array[] = [];
  if (rendered.kind === 'frames') for await (const chunk of rendered.frames) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const blocked = (error: unknown) => error instanceof FarmError && error.type === 'guardrail_blocked';

describe('a guarded engine', () => {
  for (const chunkBytes of [12, 5, 1000]) {
    it(`hands frames on as they are, and looks at some and the last, in pieces of ${chunkBytes}`, async () => {
      const { engine, scored, bytes } = guarded([1, 2, 3, 4, 5, 6, 7], chunkBytes);
      assert.ok((await run(engine)).equals(bytes));
      assert.deepEqual(scored, [1, 5, 7]);
    });
  }

  it('ends with guardrail_blocked at the first frame over the threshold, wherever it is looked at', async () => {
    await assert.rejects(run(guarded([50, 1, 1]).engine), blocked);
    await assert.rejects(run(guarded([1, 1, 1, 1, 99, 1]).engine), blocked);
    await assert.rejects(run(guarded([1, 1, 50]).engine), blocked);
  });

  it('lets nothing pass when the classifier fails', async () => {
    const { engine } = guarded([1, 255, 1, 1, 255]);
    await assert.rejects(run(engine), (error: unknown) => error instanceof EngineFault);
  });

  it('lets pass what is below the threshold', async () => {
    await run(guarded([49, 49, 49]).engine);
  });
});
