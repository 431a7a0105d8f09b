import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Container, pickEncoder, type Quality, type VideoCodec } from './codecs.ts';
import { encodePlan } from './plan.ts';

const ALL = ['libx264', 'libx264rgb', 'libvpx-vp9', 'libsvtav1', 'libaom-av1'];

function planFor(codec: VideoCodec, container: Container, quality: Quality) {
  const encoder = pickEncoder(codec, ALL);
  assert.ok(encoder);
  return encodePlan({
    frameSize: { width: 320, height: 192 },
    size: { width: 1280, height: 704 },
    rate: { num: 24000, den: 1001 },
    codec,
    container,
    quality,
    encoder,
    timeoutMs: 1000,
  });
}

describe('encodePlan', () => {
  it('reads raw frames at an exact rate and writes a clean H.264 MP4', () => {
    const { input, output } = planFor('h264', 'mp4', 5);
    assert.equal(
      input.join(' '),
      '-nostdin -hide_banner -nostats -loglevel error -f rawvideo -pix_fmt rgb24 -s:v 320x192 -framerate 24000/1001',
    );
    assert.equal(
      output.join(' '),
      '-vf scale=1280:704:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact' +
        ':out_color_matrix=bt709:out_range=tv ' +
        '-c:v libx264 -preset fast -crf 23 -threads 4 -pix_fmt yuv420p ' +
        '-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv ' +
        '-map_metadata -1 -fflags +bitexact -flags:v +bitexact -movflags +faststart -f mp4',
    );
  });

  it('keeps RGB in lossless video', () => {
    const output = planFor('lossless', 'mp4', 5).output.join(' ');
    assert.match(output, /-c:v libx264rgb -preset fast -qp 0 -threads 4 -pix_fmt rgb24 -map_metadata/);
    assert.doesNotMatch(output, /bt709/);
  });

  for (const [codec, container, low, high] of [
    ['h264', 'mp4', '35', '11'],
    ['vp9', 'webm', '51', '11'],
    ['av1', 'mp4', '55', '15'],
  ] as const) {
    it(`spreads the qualities of ${codec} from ${low} to ${high}`, () => {
      const crf = (quality: Quality) => {
        const { output } = planFor(codec, container, quality);
        return output[output.indexOf('-crf') + 1];
      };
      assert.equal(crf(1), low);
      assert.equal(crf(9), high);
    });
  }
});

describe('pickEncoder', () => {
  it('takes the best encoder that is there', () => {
    assert.equal(pickEncoder('av1', ALL)?.name, 'libsvtav1');
    assert.equal(pickEncoder('av1', ['libaom-av1'])?.name, 'libaom-av1');
    assert.equal(pickEncoder('h264', ['libvpx-vp9']), undefined);
  });
});
