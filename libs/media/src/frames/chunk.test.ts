import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepLast } from '../decode/keep-last.ts';
import { toFrames } from './chunk.ts';

async function* chunksOf(...chunks: number[][]) {
  for (const chunk of chunks) yield Uint8Array.from(chunk);
}
const all = async <T>(items: AsyncIterable<T>) => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

describe('toFrames', () => {
  it('cuts frames out of chunks of any length', async () => {
    const frames = await all(toFrames(chunksOf([1], [2, 3, 4, 5, 6, 7], [], [8, 9]), 3));
    assert.deepEqual(
      frames.map((frame) => [...frame]),
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    );
  });

  it('gives every frame its own memory', async () => {
    const [first, second] = await all(toFrames(chunksOf([1, 2]), 1));
    assert.notEqual(first?.buffer, second?.buffer);
  });

  it('refuses a last frame that is not whole', async () => {
    await assert.rejects(all(toFrames(chunksOf([1, 2, 3, 4]), 3)), RangeError);
  });
});

describe('keepLast', () => {
  it('keeps the end of a long stream and all of a short one, in order', async () => {
    assert.deepEqual(await all(keepLast(chunksOf([1], [2], [3], [4], [5]), 2)), [
      Uint8Array.of(4),
      Uint8Array.of(5),
    ]);
    assert.deepEqual(await all(keepLast(chunksOf([1]), 2)), [Uint8Array.of(1)]);
  });
});
