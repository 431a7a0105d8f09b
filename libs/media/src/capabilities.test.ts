import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRecentEnough, mediaCapabilities } from './capabilities.ts';

describe('mediaCapabilities', () => {
  it('sees the ffmpeg that the other tests run', async () => {
    const { version, encoders, isRecentEnough } = await mediaCapabilities();
    assert.match(version, /\d/);
    assert.equal(encoders.h264, 'libx264');
    assert.equal(isRecentEnough, true);
  });

  for (const [version, expected] of [
    ['5.1.9-0+deb12u1', true],
    ['n7.1', true],
    ['8.0', true],
    ['10.2.1', true],
    ['N-112233-gabcdef', true],
    ['4.4.2-0ubuntu0.22.04.1', false],
    ['5.0', false],
    ['unknown', false],
  ] as const) {
    it(`takes ${version} for ${expected ? 'new' : 'too old'}`, () =>
      assert.equal(isRecentEnough(version), expected));
  }
});
