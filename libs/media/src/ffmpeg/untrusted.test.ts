import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { collectFrames, decodeVideo, decodeVideoPlan, framesOf } from '../decode/video.ts';
import type { VideoType } from '../formats/sniff.ts';
import { probe } from '../probe.ts';
import { failsWith, make, scratch, testPicture } from '../testing/media.ts';
import { runProbe } from './run.ts';
import { untrustedProbe } from './untrusted.ts';

const options = { width: 32, height: 32, maxFrames: 1 };
const VIDEO_TYPES: VideoType[] = ['video/mp4', 'video/quicktime', 'video/webm', 'video/x-msvideo'];

describe('Media that points elsewhere', async () => {
  const folder = await scratch();
  const victim = await make(join(folder, 'victim.ts'), ...testPicture(options, 10, 5), '-c:v', 'mpeg2video');
  let server: Server;
  let asked = 0;
  let url: string;

  before(async () => {
    server = createServer((_, reply) => {
      asked++;
      reply.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.ts`;
  });
  after(() => server.close());

  const lures = {
    'a playlist of a local file': () => playlist(`file://${victim}`),
    'a playlist of /etc/hostname': () => playlist('file:///etc/hostname'),
    'a playlist of a local server': () => playlist(url),
    'a concat script': () => `ffconcat version 1.0\nfile '${victim}'\n`,
  };

  it('would lead a bare ffmpeg astray, so that the refusals below mean something', async () => {
    const path = join(folder, 'bare.m3u8');
    const bare = (protocols: string) =>
      promisify(execFile)('ffmpeg', [
        '-v',
        'error',
        '-protocol_whitelist',
        protocols,
        '-i',
        path,
        '-f',
        'null',
        '-',
      ]);
    await writeFile(path, lures['a playlist of a local server']());
    await bare('file,http,tcp').catch(() => {});
    assert.ok(asked > 0);
    await writeFile(path, lures['a playlist of a local file']());
    await bare('file,crypto,data');
    asked = 0;
  });

  for (const [name, lure] of Object.entries(lures)) {
    it(`is refused: ${name} that calls itself a video`, async () => {
      const path = join(folder, 'lure.mp4');
      await writeFile(path, lure());
      await assert.rejects(
        collectFrames(decodeVideo(path, options)),
        failsWith('unreadable_media', /is not/),
      );
      await assert.rejects(probe(path), failsWith('unreadable_media'));
      assert.equal(asked, 0);
    });

    // Whatever the bait, the fence is the same: one lure meets every demuxer, the others the first.
    for (const type of name.includes('local server') ? VIDEO_TYPES : VIDEO_TYPES.slice(0, 1)) {
      it(`is refused by ffmpeg itself: ${name} taken for ${type}`, async () => {
        const path = join(folder, 'lure.bin');
        await writeFile(path, lure());
        const frames = framesOf(path, decodeVideoPlan(type, options), options);
        await assert.rejects(collectFrames(frames), failsWith('unreadable_media'));
        await assert.rejects(runProbe(untrustedProbe(type), path), failsWith('unreadable_media'));
        assert.equal(asked, 0);
      });
    }

    it(`is refused: ${name} behind the head of an MP4`, async () => {
      const path = join(folder, 'dressed.mp4');
      await writeFile(path, `\0\0\0\x18ftypisom\0\0\0\0isommp41\n${lure()}`);
      await assert.rejects(collectFrames(decodeVideo(path, options)), failsWith('unreadable_media'));
      assert.equal(asked, 0);
    });
  }
});

describe('Media that wants too much', async () => {
  const folder = await scratch();
  const path = await make(join(folder, 'a.mp4'), ...testPicture({ width: 320, height: 240 }, 10, 5));
  const decode = (...replace: [string, string][]) => {
    const plan = decodeVideoPlan('video/mp4', options);
    const input = [...plan.input];
    for (const [option, value] of replace) input[input.indexOf(option) + 1] = value;
    return collectFrames(framesOf(path, { ...plan, input }, options));
  };

  it('is decoded within the limits', async () => assert.equal((await decode()).length, 1));

  for (const [what, option, value] of [
    ['a block of memory', '-max_alloc', '10000'],
    ['pixels', '-max_pixels', '76799'],
    ['a decoder that is not on the list', '-codec_whitelist', 'png'],
  ] as const) {
    it(`is refused when it takes more ${what}`, async () => {
      await assert.rejects(decode([option, value]), failsWith('unreadable_media'));
    });
  }
});

describe('bin/ffmpeg', () => {
  const script = fileURLToPath(new URL('../../bin/ffmpeg', import.meta.url));
  const env = { ...process.env, FFMPEG_PATH: '/bin/sh' };
  const run = async (...args: string[]) => (await promisify(execFile)(script, args, { env })).stdout;

  it('sets the limits that the command says first, before ffmpeg starts', async () => {
    assert.equal(
      await run('-limits', '500000:7', '-c', 'ulimit -v; ulimit -t; echo "$@"', 'sh', 'a b'),
      '500000\n7\na b\n',
    );
  });

  it('leaves commands without limits as they are', async () => {
    assert.equal(await run('-c', 'ulimit -t'), 'unlimited\n');
  });
});

function playlist(target: string): string {
  return `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\n${target}\n#EXT-X-ENDLIST\n`;
}
