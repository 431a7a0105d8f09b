import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { failsWith, make, scratch, testPicture } from './testing/media.ts';
import { probe } from './probe.ts';

const size = { width: 64, height: 48 };

describe('probe', async () => {
  const folder = await scratch();
  const path = await make(join(folder, 'a.mp4'), ...testPicture(size, 10, 5), '-c:v', 'libx264');

  it('tells what a video is', async () => {
    assert.deepEqual(await probe(path), {
      type: 'video/mp4',
      codec: 'h264',
      width: 64,
      height: 48,
      frames: 5,
      fps: 10,
      rate: { num: 10, den: 1 },
      seconds: 0.5,
      pixelFormat: 'yuv420p',
      bytes: (await stat(path)).size,
    });
  });

  it('tells what a picture is', async () => {
    const picture = await make(join(folder, 'a.png'), ...testPicture(size, 1, 1), '-frames:v', '1');
    const { type, codec, width, height, frames } = await probe(picture);
    assert.deepEqual(
      { type, codec, width, height, frames },
      { type: 'image/png', codec: 'png', ...size, frames: 1 },
    );
  });

  it('looks past the sound', async () => {
    const tone = ['-f', 'lavfi', '-i', 'sine=440:duration=0.5'];
    const file = await make(
      join(folder, 's.mp4'),
      ...tone,
      ...testPicture(size, 10, 5),
      '-map',
      '0',
      '-map',
      '1',
    );
    assert.equal((await probe(file)).codec, 'h264');
    const song = await make(join(folder, 'song.mp4'), ...tone, '-c:a', 'aac');
    await assert.rejects(probe(song), failsWith('unreadable_media', /no pictures/));
  });

  it('gives the size of a turned video as it is shown', async () => {
    const turned = join(folder, 'turned.mp4');
    await writeFile(turned, turnByQuarter(await readFile(path)));
    const { width, height } = await probe(turned);
    assert.deepEqual({ width, height }, { width: 48, height: 64 });
  });

  it('believes the bytes and not the name', async () => {
    const renamed = join(folder, 'a.png.webm');
    await writeFile(renamed, await readFile(path));
    assert.equal((await probe(renamed)).type, 'video/mp4');
  });

  it('refuses half a file and stops when cancelled', async () => {
    const half = join(folder, 'half.mp4');
    await writeFile(half, (await readFile(path)).subarray(0, 500));
    await assert.rejects(probe(half), failsWith('unreadable_media', /^The media file cannot be read\.$/));
    await assert.rejects(probe(path, AbortSignal.abort(new Error('too late'))), /too late/);
  });
});

/** Writes a quarter turn into the matrix of the first track's header: 0 1, -1 0 in 16.16 fixed point. */
function turnByQuarter(mp4: Buffer): Buffer {
  const matrix = mp4.indexOf('tkhd') + 4 + 40;
  const turned = Buffer.from(mp4);
  for (const [i, value] of [0, 0x10000, 0, -0x10000, 0].entries()) turned.writeInt32BE(value, matrix + i * 4);
  return turned;
}
