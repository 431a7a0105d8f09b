import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { discard, meter } from './meter.ts';

describe('meter', () => {
  it('stops reading soon after the limit', async () => {
    let sent = 0;
    async function* endless() {
      for (;;) {
        sent++;
        yield Buffer.alloc(10);
      }
    }
    const { chunks } = meter(endless(), { maxBytes: 25 });
    await assert.rejects(async () => {
      for await (const _ of chunks);
    }, /longer than 25 bytes/);
    assert.equal(sent, 3);
  });

  it('remembers what broke the body', async () => {
    const reason = new Error('gone');
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('x');
        throw reason;
      })(),
    );
    const { chunks, throwIfBroken } = meter(body, {});
    throwIfBroken();
    await assert.rejects(async () => {
      for await (const _ of chunks);
    });
    assert.throws(throwIfBroken, reason);
  });
});

describe('discard', () => {
  it('lets go of streams and generators', async () => {
    const stream = new PassThrough();
    await discard(stream);
    assert.ok(stream.destroyed);
    let closed = false;
    const generator = (async function* () {
      try {
        yield Buffer.alloc(1);
      } finally {
        closed = true;
      }
    })();
    await generator.next();
    await discard(generator);
    assert.ok(closed);
    await discard(Buffer.alloc(1));
  });
});
