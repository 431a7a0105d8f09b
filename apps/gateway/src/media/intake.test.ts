import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodeVideo } from '@worldfarm/media';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { errorOf, post } from '../testing/call.ts';
import { startGateway, type TestGateway } from '../testing/harness.ts';

let redis: TestRedis;
let test: TestGateway;
let clip: Buffer;

async function* frames(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield new Uint8Array(32 * 32 * 3).fill(i * 9);
}

before(async () => {
  redis = await startRedis();
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-intake-'));
  const path = join(folder, 'clip.mp4');
  await encodeVideo({ frames: frames(20), frameSize: { width: 32, height: 32 }, fps: 10, path });
  clip = await readFile(path);
  await rm(folder, { recursive: true });
});
after(() => redis.stop());

async function send(environment: Record<string, string>, video: Buffer, body: object = {}) {
  test = await startGateway({ redisUrl: redis.url, environment });
  const answer = await post(
    `${test.url}/v1/infer`,
    { prompt: 'x', video: video.toString('base64'), ...body },
    { prefer: 'respond-async' },
  );
  await test.close();
  return answer;
}

describe('a clip', () => {
  it('is stored with what was found in it', async () => {
    const { status, body } = await send({}, clip, { edge: {}, resolution: '256' });
    assert.equal(status, 202);
    assert.equal(body.mode, 'transfer');
    assert.deepEqual(body.size, { width: 256, height: 256 });
    assert.deepEqual([body.frames, body.fps], [20, 10]);
  });

  it('is refused when it has more frames, seconds or pixels than it may', async () => {
    for (const [environment, word] of [
      [{ WORLDFARM_MAX_CLIP_FRAMES: '19' }, /at most 19 frames, got 20/],
      [{ WORLDFARM_MAX_CLIP_SECONDS: '1' }, /at most 1 seconds, got 2/],
      [{ WORLDFARM_MAX_IMAGE_PIXELS: '1000' }, /at most 1000 pixels a frame, got 32 x 32/],
    ] as const) {
      const refused = await send(environment, clip);
      assert.equal(refused.status, 413);
      assert.equal(errorOf(refused).param, 'video');
      assert.match(errorOf(refused).message, word);
    }
    assert.equal((await send({ WORLDFARM_MAX_CLIP_FRAMES: '20' }, clip)).status, 202);
  });

  it('is refused when it only begins like one', async () => {
    const refused = await send({}, Buffer.concat([clip.subarray(0, 40), Buffer.alloc(20_000)]));
    assert.equal(refused.status, 415);
    assert.equal(errorOf(refused).type, 'unreadable_media');
    assert.equal(errorOf(refused).param, 'video');
    assert.ok(!/ffmpeg|ffprobe|tmp/.test(JSON.stringify(refused.body)));
  });
});
