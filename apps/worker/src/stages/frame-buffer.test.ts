import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bufferFrames } from './frame-buffer.ts';

async function* frames(count: number, onTaken: (n: number) => void = () => {}) {
  for (let n = 0; n < count; n++) {
    onTaken(n);
    yield Uint8Array.of(n, 0, 0, 0);
  }
}

test('the engine is done before the encoder has begun', async () => {
  const last = Promise.withResolvers<void>();
  const buffered = bufferFrames(frames(5), 1_000, last.resolve);
  const first = await buffered.next();
  await last.promise;
  const rest: number[] = [first.value![0]!];
  for await (const frame of buffered) rest.push(frame[0]!);
  assert.deepEqual(rest, [0, 1, 2, 3, 4]);
});

test('a full buffer holds the engine back', async () => {
  let taken = 0;
  const buffered = bufferFrames(
    frames(50, (n) => {
      taken = n + 1;
    }),
    8,
    () => {},
  );
  await buffered.next();
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(taken <= 5, `${taken} of 50 frames for room of two`);
  let count = 1;
  for await (const _ of buffered) count++;
  assert.equal(count, 50);
});

test('a failure of the engine reaches the encoder after the frames before it', async () => {
  async function* failing() {
    yield Uint8Array.of(1);
    throw new Error('device');
  }
  const buffered = bufferFrames(failing(), 100, () => assert.fail('there was no last frame'));
  assert.equal((await buffered.next()).value![0], 1);
  await assert.rejects(buffered.next(), /device/);
});

test('an encoder that leaves stops the engine', async () => {
  let closed = false;
  async function* endless() {
    try {
      while (true) yield Uint8Array.of(1);
    } finally {
      closed = true;
    }
  }
  for await (const _ of bufferFrames(endless(), 10, () => {})) break;
  assert.equal(closed, true);
});
