import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { before, test } from 'node:test';
import type { Profile } from '@worldfarm/core';
import { EngineError } from '../errors.ts';
import { readProfile } from '../profile/read.ts';
import { KERNEL_WORLD } from '../test-support/files.ts';
import { RED_CIRCLE } from '../test-support/render.ts';
import type { FromHost, ToHost } from './protocol.ts';
import { serve } from './serve.ts';

let profile: Profile;
before(async () => {
  profile = await readProfile(KERNEL_WORLD);
});

/** A thread that answers only when the test says so. */
class FakeHost extends EventEmitter {
  readonly received: ToHost[] = [];
  postMessage(message: ToHost): void {
    this.received.push(message);
    this.emit('posted');
  }
  says(message: FromHost): void {
    this.emit('message', message);
  }
  async terminate(): Promise<void> {}
}

const load = { seconds: 0, providers: ['cpu'], passedOver: [], digests: 0, components: {} };
const deviceFault = (error: unknown) => error instanceof EngineError && error.deviceFault;
const posted = (host: FakeHost) => new Promise((resolve) => host.once('posted', resolve));

test('a thread that dies before the first frame fails the render and all later ones as a fault of the device', async () => {
  const host = new FakeHost();
  const engine = serve(host, profile, load);
  const sent = posted(host);
  const rendering = engine.render(RED_CIRCLE);
  await sent;
  host.emit('error', new Error('out of memory'));
  host.emit('exit', 134);
  await assert.rejects(rendering, deviceFault);
  await assert.rejects(rendering, /out of memory/);
  await assert.rejects(engine.render(RED_CIRCLE), deviceFault);
});

test('a thread that dies between frames ends the frames with the same fault', async () => {
  const host = new FakeHost();
  const engine = serve(host, profile, load);
  const sent = posted(host);
  const rendering = engine.render(RED_CIRCLE);
  await sent;
  host.says({ kind: 'chunk', id: 1, chunk: new Uint8Array(4) });
  const frames = (await rendering).chunks[Symbol.asyncIterator]();
  assert.equal((await frames.next()).value.length, 4);
  host.emit('exit', 139);
  await assert.rejects(async () => frames.next(), deviceFault);
});

test('a render waits for the one before, and each taken chunk asks for one more', async () => {
  const host = new FakeHost();
  const engine = serve(host, profile, load);
  const firstSent = posted(host);
  const first = engine.render(RED_CIRCLE);
  const second = engine.render(RED_CIRCLE);
  await firstSent;
  host.says({ kind: 'chunk', id: 1, chunk: new Uint8Array(1) });
  const frames = (await first).chunks[Symbol.asyncIterator]();
  await frames.next();
  assert.deepEqual(
    host.received.map(({ kind, id }) => `${kind} ${id}`),
    ['render 1', 'pull 1'],
  );
  const secondSent = posted(host);
  const timings = (await first).timings;
  host.says({ kind: 'done', id: 1, timings: { ...timings, decode: 7 } });
  assert.equal((await frames.next()).done, true);
  assert.equal(timings.decode, 7);
  await secondSent;
  assert.equal(host.received.at(-1)!.kind, 'render');
  host.says({ kind: 'failed', id: 2, error: { name: 'EngineError', message: 'no', deviceFault: false } });
  await assert.rejects(second, (error) => error instanceof EngineError && !error.deviceFault);
});

test('a checkpoint that cannot be stored ends the render with the reason', async () => {
  const host = new FakeHost();
  const engine = serve(host, profile, load);
  const sent = posted(host);
  const reason = new Error('the disk is full');
  const save = () => Promise.reject(reason);
  const rendering = engine.render(RED_CIRCLE, { checkpoint: { every: 1, save } });
  await sent;
  const canceled = posted(host);
  host.says({ kind: 'checkpoint', id: 1, bytes: new Uint8Array(1) });
  await canceled;
  assert.equal(host.received.at(-1)!.kind, 'cancel');
  host.says({ kind: 'canceled', id: 1 });
  await assert.rejects(rendering, reason);
});
