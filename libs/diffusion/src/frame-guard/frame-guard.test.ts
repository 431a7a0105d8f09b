import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { frameGuardSchema } from '@worldfarm/core';
import { ProfileError } from '../errors.ts';
import { brightnessGraph } from '../test-support/brightness-graph.ts';
import { openFrameGuard } from './open.ts';
import { toPlanes } from './picture.ts';

const spec = frameGuardSchema.parse({ file: 'guard.onnx', width: 8, height: 8, threshold: 0.5 });
const plain = (value: number, pixels: number) => new Uint8Array(pixels * 3).fill(value);

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'worldfarm-guard-'));
  await writeFile(join(dir, 'guard.onnx'), brightnessGraph());
});
after(() => rm(dir, { recursive: true }));

describe('a frame guard', () => {
  it('scores frames of any size with its classifier', async () => {
    const guard = await openFrameGuard(dir, spec);
    const score = async (value: number, width: number, height: number) =>
      (await guard.score(plain(value, width * height), { width, height })).toFixed(3);
    assert.deepEqual(await Promise.all([score(0, 32, 20), score(255, 8, 8), score(51, 3, 5)]), [
      '0.000',
      '1.000',
      '0.200',
    ]);
    await guard.close();
  });

  it('names a file that is no classifier', async () => {
    await assert.rejects(
      openFrameGuard(dir, { ...spec, file: 'none.onnx' }),
      (error: unknown) => error instanceof ProfileError && /none\.onnx/.test(error.message),
    );
  });
});

describe('toPlanes', () => {
  it('takes the mean of the pixels under each, and normalises', () => {
    const frame = Uint8Array.from([0, 10, 255, 255, 30, 255]);
    const size = { width: 2, height: 1 };
    const one = toPlanes(frame, size, { width: 1, height: 1, mean: [0.5, 0, 0], std: [0.5, 1, 1] });
    assert.deepEqual(
      [...one].map((value) => value.toFixed(4)),
      ['0.0000', '0.0784', '1.0000'],
    );
  });
});
