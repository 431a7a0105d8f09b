import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { encodeVideo } from '../encode/video.ts';
import { failsWith, isNear, make, paint, pixel, type Rgb, scratch, testPicture } from '../testing/media.ts';
import { collectFrames, decodeVideo, decodeVideoPlan, framesOf } from './video.ts';

const size = { width: 48, height: 32 };
/** Frame n of the numbered video is this grey. */
const shade = (n: number): Rgb => [n * 10, n * 10, n * 10];

describe('decodeVideo', async () => {
  const folder = await scratch();
  async function* numbered() {
    for (let n = 0; n < 20; n++) yield paint(size, () => shade(n));
  }
  const path = join(folder, 'numbered.mp4');
  await encodeVideo({ frames: numbered(), frameSize: size, fps: 10, codec: 'lossless', path });
  const shadesOf = (frames: Uint8Array[]) =>
    frames.map((frame) => Math.round(pixel(frame, size, 5, 5)[0] / 10));

  it('gives the first frames, in order', async () => {
    const frames = await collectFrames(decodeVideo(path, { ...size, maxFrames: 3 }));
    assert.deepEqual(shadesOf(frames), [0, 1, 2]);
  });

  it('gives the last frames, in order', async () => {
    const frames = await collectFrames(decodeVideo(path, { ...size, maxFrames: 3, from: 'last' }));
    assert.deepEqual(shadesOf(frames), [17, 18, 19]);
  });

  it('gives all there are of a shorter video', async () => {
    for (const from of ['first', 'last'] as const) {
      assert.equal((await collectFrames(decodeVideo(path, { ...size, maxFrames: 99, from }))).length, 20);
    }
  });

  it('resamples to a rate', async () => {
    const slow = await collectFrames(decodeVideo(path, { ...size, fps: 5, maxFrames: 99 }));
    assert.equal(slow.length, 10);
    const fast = await collectFrames(decodeVideo(path, { ...size, fps: 20, maxFrames: 99 }));
    assert.equal(fast.length, 40);
  });

  it('takes the frames of an uneven video as they are', async () => {
    const uneven = join(folder, 'uneven.mp4');
    const gaps = ['-vf', "select='lt(n,3)+gt(n,15)'", '-fps_mode', 'vfr', '-video_track_timescale', '1000'];
    await make(uneven, ...testPicture(size, 10, 20), ...gaps);
    assert.equal((await collectFrames(decodeVideo(uneven, { ...size, maxFrames: 99 }))).length, 7);
  });

  it('fills the frame and cuts evenly', async () => {
    const wide = { width: 96, height: 32 };
    async function* frames() {
      yield paint(wide, (x) => (x < 22 || x >= 74 ? [250, 0, 0] : [0, 0, 250]));
    }
    const file = join(folder, 'wide.mp4');
    await encodeVideo({ frames: frames(), frameSize: wide, fps: 1, codec: 'lossless', path: file });
    const [frame] = await collectFrames(decodeVideo(file, { ...size, maxFrames: 1 }));
    assert.ok(
      frame &&
        isNear(pixel(frame, size, 1, 16), [0, 0, 250]) &&
        isNear(pixel(frame, size, 46, 16), [0, 0, 250]),
    );
  });

  for (const [name, ...codec] of [
    ['a.webm', '-c:v', 'libvpx-vp9', '-deadline', 'realtime'],
    ['a.avi', '-c:v', 'mpeg4'],
    ['a.mov', '-c:v', 'libx264'],
    ['sound.mp4', '-f', 'lavfi', '-i', 'sine=440:duration=0.5', '-c:v', 'libx264', '-c:a', 'aac'],
  ] as const) {
    it(`decodes ${name}`, async () => {
      const file = await make(join(folder, name), ...testPicture({ width: 64, height: 64 }, 10, 5), ...codec);
      assert.equal((await collectFrames(decodeVideo(file, { ...size, maxFrames: 99 }))).length, 5);
    });
  }

  it('ends ffmpeg when the loop is left', async () => {
    let count = 0;
    for await (const _ of decodeVideo(path, { width: 1280, height: 704, maxFrames: 20 })) {
      if (++count === 2) break;
    }
    assert.equal(count, 2);
  });

  it('stops when cancelled, with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('the job was canceled');
    const frames = decodeVideo(path, { width: 1280, height: 704, maxFrames: 20, signal: controller.signal });
    await frames.next();
    controller.abort(reason);
    await assert.rejects(collectFrames(frames), (error) => error === reason);
  });

  it('refuses images, noise and half a video', async () => {
    const image = await make(join(folder, 'a.png'), ...testPicture(size, 1, 1), '-frames:v', '1');
    const noise = join(folder, 'noise.mp4');
    await writeFile(
      noise,
      Buffer.concat([Buffer.from('\0\0\0\x20ftypisom', 'latin1'), Buffer.alloc(5000, 'noise')]),
    );
    for (const file of [image, noise]) {
      const frames = collectFrames(decodeVideo(file, { ...size, maxFrames: 1 }));
      await assert.rejects(frames, failsWith('unreadable_media'));
    }
  });

  it('gives up after its time', async () => {
    const options = { ...size, maxFrames: 20 };
    const plan = { ...decodeVideoPlan('video/mp4', options), timeoutMs: 0 };
    await assert.rejects(
      collectFrames(framesOf(path, plan, options)),
      failsWith('unreadable_media', /too long/),
    );
  });
});

describe('decodeVideoPlan', () => {
  it('reads one file with one demuxer and writes raw frames', () => {
    const { input, output } = decodeVideoPlan('video/webm', { ...size, maxFrames: 93 }, ['negate']);
    assert.match(input.join(' '), /-protocol_whitelist file -format_whitelist matroska -f matroska$/);
    assert.equal(
      output.join(' '),
      "-map 0:v:0 -vf crop=w='max(1,min(iw,round(ih*48/32)))':h='max(1,min(ih,round(iw*32/48)))':exact=1," +
        'scale=48:32:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,negate ' +
        '-fps_mode passthrough -frames:v 93 -pix_fmt rgb24 -f rawvideo',
    );
  });

  it('resamples first, and reads to the end for the last frames', () => {
    const { output } = decodeVideoPlan('video/mp4', { ...size, maxFrames: 9, fps: 29.97, from: 'last' });
    assert.match(output.join(' '), /-vf fps=30000\/1001,crop=/);
    assert.ok(!output.includes('-frames:v') && !output.includes('-fps_mode'));
  });
});
