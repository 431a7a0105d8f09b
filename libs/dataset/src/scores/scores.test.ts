import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NEAR, NearDuplicates } from './duplicates.ts';
import { SCORE_SIZE, scoreFrames } from './measure.ts';

const { width, height } = SCORE_SIZE;
type Paint = (x: number, y: number, frame: number) => number;

/** Grey frames by a brightness of 0 to 255. */
async function* clip(frames: number, paint: Paint) {
  for (let frame = 0; frame < frames; frame++) {
    const rgb = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++)
        rgb.fill(paint(x, y, frame), (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
    yield rgb;
  }
}
const score = (paint: Paint, frames = 8) => scoreFrames(clip(frames, paint));
const disc = (x: number, y: number, cx: number) => ((x - cx) ** 2 + (y - 27) ** 2 < 100 ? 230 : 40);

describe('scores', () => {
  it('know a frozen clip from one that moves', async () => {
    const still = await score((x, y) => disc(x, y, 30));
    const moving = await score((x, y, frame) => disc(x, y, 20 + 4 * frame));
    assert.equal(still.frozen, 1);
    assert.equal(still.motion, 0);
    assert.equal(moving.frozen, 0);
    assert.ok(moving.motion > 0.01);
  });

  it('count black and white frames, but not dark or bright pictures', async () => {
    assert.equal((await score(() => 2)).black, 1);
    assert.equal((await score(() => 254)).white, 1);
    assert.equal((await score((_x, _y, frame) => (frame < 4 ? 2 : 120))).black, 0.5);
    const night = await score((x, y) => (disc(x, y, 30) > 100 ? 60 : 3));
    assert.equal(night.black, 0);
  });

  it('know flicker from a steady fade', async () => {
    const flicker = await score((_x, _y, frame) => (frame % 2 ? 90 : 110));
    const fade = await score((_x, _y, frame) => 60 + 10 * frame);
    assert.ok(flicker.flicker > 0.1);
    assert.ok(fade.flicker < 0.001);
  });

  it('find a sharp picture sharper than its blur', async () => {
    const sharp = await score((x) => (x % 8 < 4 ? 200 : 50));
    const blurred = await score((x) => 125 + 75 * Math.sin((x * Math.PI) / 4));
    assert.ok(sharp.sharpness > 2 * blurred.sharpness);
  });
});

describe('near duplicates', () => {
  it('are those that look like a clip before, noise forgiven', async () => {
    const hash = async (paint: Paint) => (await score(paint)).phash;
    const one = await hash((x, y, frame) => disc(x, y, 20 + 4 * frame));
    const noisy = await hash((x, y, frame) => disc(x, y, 20 + 4 * frame) + ((x * 7 + y * 3) % 2));
    const other = await hash((x, y, frame) => disc(x, y, 70 - 4 * frame));
    const found = new NearDuplicates();
    assert.equal(found.add('one', one), null);
    assert.equal(found.add('other', other), null);
    assert.equal(found.add('noisy', noisy), 'one');
    assert.equal(found.add('again', other), 'other');
  });

  it('are found up to the bound, wherever the bits differ', () => {
    const flip = (bits: number) => {
      let value = 0n;
      for (let bit = 0; bit < bits; bit++) value |= 1n << BigInt((bit % 12) * 16 + Math.floor(bit / 12));
      return value.toString(16).padStart(48, '0');
    };
    const zero = '0'.repeat(48);
    for (let bits = 0; bits <= NEAR + 4; bits++) {
      const found = new NearDuplicates();
      found.add('first', zero);
      assert.equal(found.add('next', flip(bits)), bits <= NEAR ? 'first' : null, `${bits} bits`);
    }
  });
});
