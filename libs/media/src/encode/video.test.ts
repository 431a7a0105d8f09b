import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FarmError } from '@worldfarm/core';
import { collectFrames, decodeVideo } from '../decode/video.ts';
import { FfmpegExit } from '../ffmpeg/failure.ts';
import { probe } from '../probe.ts';
import { failsWith, isNear, movingFrames, paint, pixel, type Rgb, scratch } from '../testing/media.ts';
import { encodeVideo } from './video.ts';

const frameSize = { width: 64, height: 48 };

describe('encodeVideo', async () => {
  const folder = await scratch();

  for (const [frames, fps] of [
    [1, 24],
    [25, 24],
    [121, 24],
    [189, 24],
    [33, 16],
    [61, 60],
    [25, 23.976],
    [2, 1],
  ] as const) {
    it(`makes exactly ${frames} frames at ${fps} a second`, async () => {
      const path = join(folder, `${frames}at${fps}.mp4`);
      const video = await encodeVideo({ frames: movingFrames(frameSize, frames), frameSize, fps, path });
      const seen = await probe(path);
      assert.equal(video.frames, frames);
      assert.equal(seen.frames, frames);
      assert.equal(seen.fps, video.fps);
      assert.ok(Math.abs(seen.fps - fps) < 0.001);
      assert.ok(Math.abs(seen.seconds - frames / fps) < 0.002, `${seen.seconds} s`);
      assert.ok(Math.abs(video.seconds - frames / fps) < 0.002);
    });
  }

  it('reports the file that it wrote: path, length and digest', async () => {
    const path = join(folder, 'report.mp4');
    const video = await encodeVideo({ frames: movingFrames(frameSize, 3), frameSize, fps: 24, path });
    const bytes = await readFile(path);
    assert.equal(video.path, path);
    assert.equal(video.bytes, bytes.length);
    assert.equal(video.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual([video.width, video.height, video.codec], [64, 48, 'h264']);
  });

  for (const [codec, container, pixelFormat] of [
    ['h264', 'mp4', 'yuv420p'],
    ['vp9', 'mp4', 'yuv420p'],
    ['vp9', 'webm', 'yuv420p'],
    ['av1', 'mp4', 'yuv420p'],
    ['av1', 'webm', 'yuv420p'],
    ['lossless', 'mp4', 'gbrp'],
  ] as const) {
    it(`gives the same bytes for the same frames as ${codec} in ${container}`, async () => {
      const size = { width: 96, height: 64 };
      const encode = (name: string) =>
        encodeVideo({
          frames: movingFrames(frameSize, 9),
          frameSize,
          size,
          fps: 24,
          codec,
          container,
          path: join(folder, `${codec}-${name}.${container}`),
        });
      const [first, second] = [await encode('one'), await encode('two')];
      assert.equal(first.sha256, second.sha256);
      const seen = await probe(first.path);
      assert.deepEqual([seen.width, seen.height, seen.frames], [96, 64, 9]);
      assert.equal(seen.codec, first.codec);
      assert.equal(seen.pixelFormat, pixelFormat);
      assert.equal(seen.type, `video/${container}`);
    });
  }

  it('keeps colours, as bt709 in H.264', async () => {
    const halves: [Rgb, Rgb] = [
      [230, 30, 40],
      [20, 60, 210],
    ];
    async function* frames() {
      for (let i = 0; i < 5; i++) yield paint(frameSize, (x) => (x < 32 ? halves[0] : halves[1]));
    }
    const { path } = await encodeVideo({
      frames: frames(),
      frameSize,
      fps: 24,
      quality: 9,
      path: join(folder, 'c.mp4'),
    });
    const [frame] = await collectFrames(decodeVideo(path, { ...frameSize, maxFrames: 1 }));
    assert.ok(frame);
    assert.ok(isNear(pixel(frame, frameSize, 12, 24), halves[0]), `${pixel(frame, frameSize, 12, 24)}`);
    assert.ok(isNear(pixel(frame, frameSize, 52, 24), halves[1]), `${pixel(frame, frameSize, 52, 24)}`);
  });

  it('keeps every bit of lossless video', async () => {
    const path = join(folder, 'exact.mp4');
    await encodeVideo({ frames: movingFrames(frameSize, 4), frameSize, fps: 24, codec: 'lossless', path });
    const decoded = await collectFrames(decodeVideo(path, { ...frameSize, maxFrames: 9 }));
    assert.deepEqual(decoded, await collectFrames(movingFrames(frameSize, 4)));
  });

  it('takes chunks that are not whole frames', async () => {
    async function* crumbs() {
      for await (const frame of movingFrames(frameSize, 3)) {
        yield frame.subarray(0, 1000);
        yield frame.subarray(1000);
      }
    }
    const whole = { frameSize, fps: 24 };
    const a = await encodeVideo({ ...whole, frames: crumbs(), path: join(folder, 'crumbs.mp4') });
    const b = await encodeVideo({
      ...whole,
      frames: movingFrames(frameSize, 3),
      path: join(folder, 'loaf.mp4'),
    });
    assert.equal(a.sha256, b.sha256);
  });

  it('spends more bytes on a higher quality', async () => {
    const bytes: number[] = [];
    for (const quality of [1, 5, 9] as const) {
      const path = join(folder, `q${quality}.mp4`);
      bytes.push(
        (await encodeVideo({ frames: movingFrames(frameSize, 9), frameSize, fps: 24, quality, path })).bytes,
      );
    }
    assert.deepEqual(
      bytes,
      bytes.toSorted((a, b) => a - b),
    );
    assert.notEqual(bytes[0], bytes[2]);
  });

  it('puts the index before the pictures, so that players start at once', async () => {
    const path = join(folder, 'fast.mp4');
    await encodeVideo({ frames: movingFrames(frameSize, 3), frameSize, fps: 24, path });
    const bytes = (await readFile(path)).toString('latin1');
    assert.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'));
  });

  describe('when it fails', async () => {
    const empty = await scratch();
    const path = join(empty, 'never.mp4');
    /** Frames until ffmpeg has begun its file. */
    async function* untilWriting() {
      while ((await readdir(empty)).length === 0) yield* movingFrames(frameSize, 1);
    }

    it('stops at once when cancelled, rejects with the reason and leaves no file', async () => {
      const controller = new AbortController();
      const reason = new Error('the job was canceled');
      async function* frames() {
        yield* untilWriting();
        controller.abort(reason);
        await new Promise(() => {});
      }
      const encoding = encodeVideo({ frames: frames(), frameSize, fps: 24, path, signal: controller.signal });
      await assert.rejects(encoding, (error) => error === reason);
      assert.deepEqual(await readdir(empty), []);
    });

    it('hands on what the frames threw and leaves no file', async () => {
      const reason = new Error('the decoder broke');
      async function* frames() {
        yield* untilWriting();
        throw reason;
      }
      await assert.rejects(
        encodeVideo({ frames: frames(), frameSize, fps: 24, path }),
        (error) => error === reason,
      );
      assert.deepEqual(await readdir(empty), []);
    });

    it('refuses half a frame, and none', async () => {
      async function* half() {
        yield new Uint8Array(100);
      }
      for (const frames of [half(), movingFrames(frameSize, 0)]) {
        const encoding = encodeVideo({ frames, frameSize, fps: 24, path });
        await assert.rejects(encoding, failsWith('render_failed', /not whole/));
      }
      assert.deepEqual(await readdir(empty), []);
    });

    it('gives up after its time', async () => {
      async function* frames() {
        yield* movingFrames(frameSize, 1);
        await new Promise(() => {});
      }
      const encoding = encodeVideo({ frames: frames(), frameSize, fps: 24, path, timeoutMs: 300 });
      await assert.rejects(encoding, failsWith('render_failed', /too long/));
      assert.deepEqual(await readdir(empty), []);
    });

    it("keeps ffmpeg's words, which hold paths, for the cause", async () => {
      const nowhere = join(empty, 'no', 'such', 'folder.mp4');
      const encoding = encodeVideo({ frames: movingFrames(frameSize, 1), frameSize, fps: 24, path: nowhere });
      await assert.rejects(encoding, (error) => {
        assert.ok(error instanceof FarmError && error.cause instanceof FfmpegExit);
        assert.equal(error.type, 'render_failed');
        assert.doesNotMatch(error.message, /such/);
        assert.match(error.cause.stderrTail, /No such file or directory/);
        return true;
      });
    });

    it('refuses odd sizes and codecs that do not fit the container', async () => {
      const frames = movingFrames(frameSize, 1);
      const odd = encodeVideo({ frames, frameSize, size: { width: 63, height: 48 }, fps: 24, path });
      await assert.rejects(odd, failsWith('invalid_request', /even/));
      const misfit = encodeVideo({ frames, frameSize, fps: 24, container: 'webm', path });
      await assert.rejects(misfit, failsWith('invalid_request', /webm/));
    });
  });
});
