import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { deflateSync, crc32 } from 'node:zlib';
import { failsWith, isNear, make, paint, pixel, type Rgb, scratch, testPicture } from '../testing/media.ts';
import { encodeJpeg } from '../stills/jpeg.ts';
import { decodeImage, decodeImagePlan } from './image.ts';

const size = { width: 64, height: 32 };
const RED: Rgb = [220, 30, 30];
const GREEN: Rgb = [30, 200, 40];
const BLUE: Rgb = [30, 40, 220];

/** A JPEG whose EXIF says how to turn it. */
function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  const tiff = `49492a0008000000010012010300010000000${orientation}00000000000000`;
  const payload = Buffer.from(`457869660000${tiff}`, 'hex');
  const header = Buffer.from([0xff, 0xe1, 0, payload.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), header, payload, jpeg.subarray(2)]);
}

/** A PNG of one colour, which packs any number of pixels into next to nothing. */
function pngBomb(side: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length);
    framed.set(body, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0], 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(side / 8) + 1) * side));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('decodeImage', async () => {
  const folder = await scratch();

  for (const name of ['a.jpg', 'a.png', 'a.webp']) {
    it(`decodes ${name}, from bytes and from a path, into exactly the frame`, async () => {
      const path = await make(
        join(folder, name),
        ...testPicture({ width: 90, height: 70 }, 1, 1),
        '-frames:v',
        '1',
      );
      const fromPath = await decodeImage(path, size);
      assert.equal(fromPath.length, 64 * 32 * 3);
      assert.deepEqual(await decodeImage(await readFile(path), size), fromPath);
    });
  }

  it('fills the frame and cuts both sides alike', async () => {
    const thirds = (x: number) => (x < 32 ? RED : x < 96 ? GREEN : BLUE);
    const wide = await encodeJpeg(paint({ width: 128, height: 32 }, thirds), {
      width: 128,
      height: 32,
      quality: 9,
    });
    const frame = await decodeImage(wide, size);
    assert.ok(isNear(pixel(frame, size, 3, 16), GREEN), `${pixel(frame, size, 3, 16)}`);
    assert.ok(isNear(pixel(frame, size, 60, 16), GREEN), `${pixel(frame, size, 60, 16)}`);
  });

  it('turns a picture upright before it cuts', async () => {
    const stored = { width: 64, height: 128 };
    const jpeg = await encodeJpeg(
      paint(stored, (_, y) => (y < 64 ? RED : BLUE)),
      stored,
    );
    const upright = { width: 128, height: 64 };
    for (const [orientation, left] of [
      [6, BLUE],
      [8, RED],
    ] as const) {
      const frame = await decodeImage(withOrientation(jpeg, orientation), upright);
      assert.ok(
        isNear(pixel(frame, upright, 10, 32), left),
        `${orientation}: ${pixel(frame, upright, 10, 32)}`,
      );
    }
    const frame = await decodeImage(withOrientation(jpeg, 3), stored);
    assert.ok(isNear(pixel(frame, stored, 32, 10), BLUE));
  });

  it('shrinks a strip of one pixel by thousands without growing it first', async () => {
    const tall = { width: 1, height: 8000 };
    const strip = await encodeJpeg(
      paint(tall, () => RED),
      tall,
    );
    const frame = await decodeImage(strip, { width: 640, height: 64 });
    assert.ok(isNear(pixel(frame, { width: 640, height: 64 }, 320, 32), RED));
  });

  it('refuses a bomb by its header, unopened', async () => {
    const bomb = pngBomb(20_000);
    assert.ok(bomb.length < 100_000);
    await assert.rejects(decodeImage(bomb, size), failsWith('unreadable_media', /20000 x 20000/));
  });

  it('takes as many pixels as the limit and no more', async () => {
    const picture = pngBomb(100);
    await decodeImage(picture, { ...size, maxPixels: 10_000 });
    await assert.rejects(decodeImage(picture, { ...size, maxPixels: 9_999 }), failsWith('unreadable_media'));
  });

  it('refuses what is no image, half an image, and a picture that lies about what it is', async () => {
    const path = await make(join(folder, 'whole.png'), ...testPicture(size, 1, 1), '-frames:v', '1');
    const whole = await readFile(path);
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
    );
    const liar = Buffer.concat([whole.subarray(0, 33), Buffer.from('#EXTM3U\nfile:///etc/hostname\n')]);
    for (const bytes of [svg, Buffer.alloc(0), whole.subarray(0, 40), liar]) {
      await assert.rejects(decodeImage(bytes, size), failsWith('unreadable_media'));
    }
  });

  it('refuses a file that is too long to be a picture', async () => {
    const path = join(folder, 'long.png');
    await writeFile(path, '');
    await truncate(path, 64 * 1024 * 1024 + 1);
    await assert.rejects(decodeImage(path, size), failsWith('body_too_large'));
  });

  it('stops when cancelled, with the reason', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await assert.rejects(decodeImage(pngBomb(100), { ...size, signal }), /too late/);
  });
});

describe('decodeImagePlan', () => {
  it('reads one type from a pipe and writes one raw frame', () => {
    const { input, output } = decodeImagePlan('image/png', size, 6);
    assert.equal(
      input.join(' '),
      '-limits 3145728:300 -nostdin -hide_banner -nostats -loglevel error -threads 2 -max_pixels 80000000 ' +
        '-codec_whitelist png -max_alloc 536870912 -protocol_whitelist pipe -format_whitelist png_pipe -f png_pipe ' +
        '-noautorotate',
    );
    assert.equal(
      output.join(' '),
      "-vf transpose=1,crop=w='max(1,min(iw,round(ih*64/32)))':h='max(1,min(ih,round(iw*32/64)))':exact=1," +
        'scale=64:32:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact ' +
        '-frames:v 1 -pix_fmt rgb24 -f rawvideo',
    );
  });
});
