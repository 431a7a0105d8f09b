import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decodeImage } from '../decode/image.ts';
import { encodeVideo } from '../encode/video.ts';
import { readImageSize } from '../formats/image-size.ts';
import { sniff } from '../formats/sniff.ts';
import { failsWith, isNear, paint, pixel, type Rgb, scratch } from '../testing/media.ts';
import { encodeJpeg } from './jpeg.ts';
import { spritesheet } from './spritesheet.ts';
import { thumbnail } from './thumbnail.ts';

const size = { width: 64, height: 32 };
const shade = (n: number): Rgb => [n * 10, 255 - n * 10, 128];

describe('Stills', async () => {
  const folder = await scratch();
  async function video(frames: number): Promise<string> {
    async function* shades() {
      for (let n = 0; n < frames; n++) yield paint(size, () => shade(n));
    }
    const path = join(folder, `${frames}.mp4`);
    await encodeVideo({ frames: shades(), frameSize: size, fps: 24, quality: 9, path });
    return path;
  }
  const path = await video(25);

  it('thumbnail is a JPEG of the middle frame', async () => {
    const jpeg = await thumbnail(path);
    assert.equal(sniff(jpeg), 'image/jpeg');
    assert.deepEqual(readImageSize(jpeg), size);
    const colour = pixel(await decodeImage(jpeg, size), size, 30, 16);
    assert.ok(isNear(colour, shade(12), 4), `${colour}`);
  });

  it('thumbnail is as wide as asked and never grows', async () => {
    assert.deepEqual(readImageSize(await thumbnail(path, { width: 32 })), { width: 32, height: 16 });
    assert.deepEqual(readImageSize(await thumbnail(path, { width: 999 })), size);
  });

  it('an encoder writes the same thumbnail beside its video, and none where the frame never comes', async () => {
    async function* shades() {
      for (let n = 0; n < 25; n++) yield paint(size, () => shade(n));
    }
    const encode = (name: string, frame?: number) => {
      const still = frame === undefined ? undefined : { path: join(folder, `${name}.jpg`), frame };
      const to = { frameSize: size, fps: 24, quality: 9 as const, path: join(folder, `${name}.mp4`) };
      return encodeVideo({ ...to, frames: shades(), still });
    };
    const [alone, beside, late] = [
      await encode('alone'),
      await encode('beside', 12),
      await encode('late', 25),
    ];
    assert.deepEqual([alone.hasStill, beside.hasStill, late.hasStill], [false, true, false]);
    assert.equal(beside.sha256, alone.sha256, 'the video does not change');
    const jpeg = await readFile(join(folder, 'beside.jpg'));
    assert.deepEqual(readImageSize(jpeg), size);
    const colour = pixel(await decodeImage(jpeg, size), size, 30, 16);
    assert.ok(isNear(colour, shade(12), 4), `${colour}`);
  });

  for (const frames of [1, 2]) {
    it(`thumbnail of a video of ${frames} exists`, async () => {
      assert.deepEqual(readImageSize(await thumbnail(await video(frames))), size);
    });
  }

  it('thumbnail refuses what is no video', async () => {
    const noise = join(folder, 'noise.mp4');
    await writeFile(noise, 'nothing to see');
    await assert.rejects(thumbnail(noise), failsWith('unreadable_media'));
    await assert.rejects(spritesheet(noise), failsWith('unreadable_media'));
  });

  it('spritesheet spreads frames over a grid, in order of time', async () => {
    const jpeg = await spritesheet(path, { columns: 3, rows: 2, tileWidth: 64 });
    const grid = { width: 192, height: 64 };
    assert.deepEqual(readImageSize(jpeg), grid);
    const sheet = await decodeImage(jpeg, grid);
    for (const [tile, frame] of [0, 4, 8, 12, 16, 20].entries()) {
      const colour = pixel(sheet, grid, (tile % 3) * 64 + 32, Math.floor(tile / 3) * 32 + 16);
      assert.ok(isNear(colour, shade(frame), 8), `tile ${tile} is ${colour}`);
    }
  });

  it('spritesheet of a short video leaves tiles black', async () => {
    const jpeg = await spritesheet(await video(2), { columns: 2, rows: 2, tileWidth: 64 });
    const grid = { width: 128, height: 64 };
    const sheet = await decodeImage(jpeg, grid);
    assert.ok(isNear(pixel(sheet, grid, 96, 16), shade(1)), `${pixel(sheet, grid, 96, 16)}`);
    assert.ok(isNear(pixel(sheet, grid, 96, 48), [0, 0, 0]), `${pixel(sheet, grid, 96, 48)}`);
  });

  it('encodeJpeg keeps the picture, and gives the same bytes for it', async () => {
    const frame = paint(size, (x) => (x < 32 ? [200, 40, 40] : [40, 40, 200]));
    const jpeg = await encodeJpeg(frame, size);
    assert.deepEqual(await encodeJpeg(frame, size), jpeg);
    const decoded = await decodeImage(jpeg, size);
    assert.ok(isNear(pixel(decoded, size, 10, 10), [200, 40, 40]));
    assert.ok(isNear(pixel(decoded, size, 50, 10), [40, 40, 200]));
  });

  it('encodeJpeg spends more bytes on a higher quality', async () => {
    const frame = paint(size, (x, y) => [(x * 37) & 255, (y * 91) & 255, (x * y) & 255]);
    const low = await encodeJpeg(frame, { ...size, quality: 1 });
    const high = await encodeJpeg(frame, { ...size, quality: 9 });
    assert.ok(low.length < high.length);
  });
});
