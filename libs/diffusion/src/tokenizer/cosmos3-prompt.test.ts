import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeClip, fixed } from './cosmos3-prompt.ts';

const clip = { frames: 189, fps: 24, width: 1280, height: 720 };
const all = { duration: true, resolution: true };

test('a prompt is told length, rate and size, after its own full stop', () => {
  assert.equal(
    describeClip('A car...', clip, all, false),
    'A car. The video is 7.9 seconds long and is of 24 FPS. This video is of 720x1280 resolution.',
  );
  assert.equal(
    describeClip('', clip, all, true),
    'The video is not 7.9 seconds long and is not of 24 FPS. This video is not of 720x1280 resolution.',
  );
});

test('an image has a size but no length, and parts can be left out', () => {
  assert.equal(
    describeClip('A car', { ...clip, frames: 1 }, all, false),
    'A car. This image is of 720x1280 resolution.',
  );
  assert.equal(describeClip('A car', clip, { duration: false, resolution: false }, false), 'A car');
});

test('numbers are rounded as Python rounds them: halves to even, all else to nearest', () => {
  assert.deepEqual(
    [0.25, 0.75, 1.25, 0.35, 7.875].map((value) => fixed(value, 1)),
    ['0.2', '0.8', '1.2', '0.3', '7.9'],
  );
  assert.deepEqual(
    [0.5, 1.5, 2.5, 23.976].map((value) => fixed(value, 0)),
    ['0', '2', '2', '24'],
  );
});
