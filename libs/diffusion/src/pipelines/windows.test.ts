import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestSize } from './size.ts';
import { latentAligned, planWindows } from './windows.ts';

// T: frames -> start+frames of each window
const notation = (total: number, fixed: boolean, overlap = 1) =>
  planWindows(total, { frames: 25, overlap, temporal: 4, fixed })
    .map((window) => `${window.start}+${window.frames}`)
    .join(' ');

test('a fixed length repeats until the clip is covered', () => {
  assert.equal(notation(1, true), '0+25');
  assert.equal(notation(25, true), '0+25');
  assert.equal(notation(26, true), '0+25 24+25');
  assert.equal(notation(49, true), '0+25 24+25');
  assert.equal(notation(50, true, 5), '0+25 20+25 40+25');
});

test('a length that may vary takes what is left, in whole latent frames', () => {
  assert.equal(notation(1, false), '0+1');
  assert.equal(notation(6, false), '0+9');
  assert.equal(notation(30, false), '0+25 24+9');
});

test('latent lengths hold one frame and then groups', () => {
  assert.deepEqual(
    [1, 2, 5, 6, 93].map((frames) => latentAligned(frames, 4)),
    [1, 5, 5, 9, 93],
  );
});

test('the sampled size is the asked one, else the nearest aspect', () => {
  const sizes = [
    { width: 320, height: 192 },
    { width: 192, height: 320 },
    { width: 640, height: 384 },
  ];
  const pick = (width: number, height: number) =>
    Object.values(nearestSize({ width, height }, sizes)).join('x');
  assert.equal(pick(640, 384), '640x384');
  assert.equal(pick(480, 832), '192x320');
  assert.equal(pick(400, 240), '640x384');
  assert.equal(pick(160, 96), '320x192');
  assert.equal(pick(1280, 720), '640x384');
});
