import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { make, scratch, testPicture } from '../testing/media.ts';
import { readImageSize } from './image-size.ts';
import { readOrientation } from './orientation.ts';

const size = { width: 122, height: 46 };

describe('readImageSize', async () => {
  const folder = await scratch();
  for (const [name, ...options] of [
    ['a.jpg'],
    ['a.png'],
    ['lossy.webp', '-lossless', '0'],
    ['lossless.webp', '-lossless', '1'],
    ['alpha.webp', '-vf', 'format=yuva420p,geq=lum=p(X\\,Y):a=128'],
  ] as const) {
    it(`reads ${name}`, async () => {
      const path = await make(join(folder, name), ...testPicture(size, 1, 1), ...options, '-frames:v', '1');
      const bytes = await readFile(path);
      assert.deepEqual(readImageSize(bytes), size);
      assert.equal(readImageSize(bytes.subarray(0, 12)), undefined);
    });
  }

  it('reads the size of a PNG that claims 30000 x 30000', () => {
    const header = Buffer.from('89504e470d0a1a0a0000000d494844520000753000007530', 'hex');
    assert.deepEqual(readImageSize(header), { width: 30000, height: 30000 });
  });

  it('finds the frame header of a JPEG behind long segments, fill bytes and a restart marker', () => {
    const segment = Buffer.concat([Buffer.from('ffe1fffe', 'hex'), Buffer.alloc(0xfffc)]);
    const frame = Buffer.from('ffffd0ffc4000300ffc2000b0800100020', 'hex');
    const jpeg = Buffer.concat([Buffer.from('ffd8', 'hex'), segment, frame]);
    assert.deepEqual(readImageSize(jpeg), { width: 32, height: 16 });
    assert.equal(readImageSize(jpeg.subarray(0, 1000)), undefined);
  });

  it('has no size for a JPEG without a frame, a size of nothing, or another format', () => {
    assert.equal(readImageSize(Buffer.from('ffd8ffd9', 'hex')), undefined);
    assert.equal(readImageSize(Buffer.from('ffd8ffda00030000', 'hex')), undefined);
    const empty = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000000', 'hex');
    assert.equal(readImageSize(empty), undefined);
    assert.equal(readImageSize(Buffer.from('GIF89a')), undefined);
  });

  it('reads from a view into a bigger buffer', () => {
    const header = '89504e470d0a1a0a0000000d494844520000000700000009';
    assert.deepEqual(readImageSize(Buffer.from(`ffff${header}`, 'hex').subarray(2)), { width: 7, height: 9 });
  });
});

describe('readOrientation', () => {
  const little = '49492a00080000000100120103000100000006000000';
  const big = '4d4d002a00000008000101120003000000010008000000';
  const jpeg = (tiff: string) => Buffer.from(`ffd8ffe10100457869660000${tiff}${'00'.repeat(256)}`, 'hex');

  it('reads EXIF in either byte order', () => {
    assert.equal(readOrientation(jpeg(little)), 6);
    assert.equal(readOrientation(jpeg(big)), 8);
  });

  it('takes a picture for upright when EXIF is absent, broken or out of range', () => {
    assert.equal(readOrientation(Buffer.from('ffd8ffd9', 'hex')), 1);
    assert.equal(readOrientation(jpeg(little).subarray(0, 20)), 1);
    assert.equal(readOrientation(jpeg(little.replace('06000000', '09000000'))), 1);
    assert.equal(readOrientation(jpeg('49492a00ffffff7f')), 1);
    assert.equal(readOrientation(Buffer.from('89504e470d0a1a0a', 'hex')), 1);
  });
});
