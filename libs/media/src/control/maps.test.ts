import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { collectFrames } from '../decode/video.ts';
import { encodeVideo } from '../encode/video.ts';
import { paint, pixel, scratch } from '../testing/media.ts';
import { blurFilters, blurMap, edgeMap } from './maps.ts';
import type { Preset } from './presets.ts';

const size = { width: 128, height: 64 };
const PRESETS: Preset[] = ['very_low', 'low', 'medium', 'high', 'very_high'];

describe('Control maps', async () => {
  const folder = await scratch();
  const path = join(folder, 'bars.mp4');
  /** Grey bars on black, 9 pixels wide, each brighter than the one before. */
  const bars = [0, 10, 20, 40, 70, 90, 245].flatMap((shade) => [shade, 0]);
  async function* frames() {
    for (let n = 0; n < 3; n++) {
      yield paint(size, (x) => {
        const shade = bars[Math.floor(x / 9)] ?? 0;
        return [shade, shade, shade];
      });
    }
  }
  await encodeVideo({ frames: frames(), frameSize: size, fps: 24, codec: 'lossless', path });

  it('edges are white on black, where the picture steps', async () => {
    const [frame] = await collectFrames(edgeMap(path, { ...size, maxFrames: 9 }));
    assert.ok(frame);
    assert.deepEqual([...new Set(frame)].sort(), [0, 255]);
    const row = Array.from({ length: 128 }, (_, x) => pixel(frame, size, x, 32)[0]);
    const edges = row.flatMap((value, x) => (value ? [x] : []));
    assert.deepEqual(edges, [71, 80, 89, 98, 107, 116]);
  });

  it('a higher preset keeps fewer edges', async () => {
    const counts: number[] = [];
    for (const preset of PRESETS) {
      const [frame] = await collectFrames(edgeMap(path, { ...size, maxFrames: 1, preset }));
      counts.push(frame?.filter((value) => value > 0).length ?? 0);
    }
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => b - a),
    );
    assert.equal(new Set(counts).size, PRESETS.length, `${counts}`);
    assert.ok((counts.at(-1) ?? 0) > 0, 'the strongest still finds the strongest');
  });

  it('a higher preset blurs more', async () => {
    const contrasts: number[] = [];
    for (const preset of PRESETS) {
      const [frame] = await collectFrames(blurMap(path, { ...size, maxFrames: 1, preset }));
      assert.equal(frame?.length, 128 * 64 * 3);
      contrasts.push(Math.max(...(frame ?? [])) - Math.min(...(frame ?? [])));
    }
    const [first = 0, last = 0] = [contrasts[1], contrasts.at(-1)];
    assert.ok(last < first / 2, `${contrasts}`);
  });

  it('gives a map for every frame of the video, of the asked size', async () => {
    for (const map of [edgeMap, blurMap]) {
      const maps = await collectFrames(map(path, { width: 32, height: 32, maxFrames: 99 }));
      assert.deepEqual(
        maps.map((frame) => frame.length),
        [3072, 3072, 3072],
      );
    }
  });
});

describe('blurFilters', () => {
  it('shrinks by areas and grows smoothly', () => {
    assert.deepEqual(blurFilters({ width: 100, height: 10 }, 'very_high'), [
      'scale=3:1:flags=area+accurate_rnd+bitexact',
      'scale=100:10:flags=bicubic+accurate_rnd+bitexact',
    ]);
  });
});
