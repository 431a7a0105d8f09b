import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { errorOf, post } from '../testing/call.ts';
import { startGateway, type TestGateway } from '../testing/harness.ts';
import { tinyPng } from '../testing/png.ts';

let redis: TestRedis;
let test: TestGateway;
before(async () => {
  redis = await startRedis();
  test = await startGateway({ redisUrl: redis.url, environment: { NIM_ALLOW_URL_INPUT: '0' } });
});
after(async () => {
  const { records } = await test.farm.jobs.list({}, { limit: 10 });
  await test.close();
  await redis.stop();
  assert.equal(records.length, 0, 'nothing is queued from a refused body');
});

const image = tinyPng().toString('base64');
const large = tinyPng({ width: 30_000, height: 30_000 }).toString('base64');
const webp = Buffer.from('RIFFxxxxWAVEfmt ').toString('base64');
const transfer = { prompt: 'x', video: 'AAAA' };

/** what is sent; status, field, and a word of the message */
const REFUSED: [string, unknown, number, string, RegExp][] = [
  ['malformed JSON', '{"prompt":', 400, 'body', /not valid JSON/],
  ['an empty body', '', 400, 'body', /not valid JSON/],
  ['a list', [], 400, 'body', /object/],
  ['null', 'null', 400, 'body', /object/],
  ['an unknown field', { prompt: 'x', sed: 1 }, 400, 'sed', /unknown field/],
  ['a number as text', { prompt: 'x', steps: '35' }, 400, 'steps', /number/],
  ['no prompt', {}, 400, 'prompt', /required/],
  ['a blank prompt', { prompt: '  ' }, 400, 'prompt', /required/],
  ['a long prompt', { prompt: 'x'.repeat(20_001) }, 400, 'prompt', /at most 20000/],
  ['a tier that is not there', { prompt: 'x', resolution: '1080' }, 400, 'resolution', /must be one of 256/],
  [
    'too many frames',
    { prompt: 'x', resolution: '480', num_output_frames: 301 },
    400,
    'num_output_frames',
    /at most 297/,
  ],
  ['frames off the grid', { prompt: 'x', num_output_frames: 26 }, 400, 'num_output_frames', /4k\+1/],
  [
    'a height off the grid',
    { prompt: 'x', video_params: { height: 701 } },
    400,
    'video_params.height',
    /multiple of 8/,
  ],
  [
    'an unknown inner field',
    { prompt: 'x', video_params: { size: 1 } },
    400,
    'video_params.size',
    /unknown field/,
  ],
  ['an image that is none', { image: 'aGVsbG8gd29ybGQ=' }, 415, 'image', /not a JPEG, PNG or WebP/],
  ['sound as an image', { image: webp }, 415, 'image', /not a JPEG/],
  ['a picture as a video', { prompt: 'x', video: image }, 415, 'video', /not an MP4/],
  ['text that is no base64', { image: 'ä!' }, 400, 'image', /expected base64/],
  ['a data URI without data', { image: 'data:image/png,abc' }, 400, 'image', /base64/],
  ['a long text that is no base64', { image: '?'.repeat(9000) }, 400, 'image', /expected base64/],
  ['an upload that was never sent', { image: 'upload://x' }, 400, 'image', /expected base64/],
  ['a decompression bomb', { image: large }, 413, 'image', /pixels/],
  ['an oversize image', { image: 'A'.repeat(20_000_004) }, 413, 'image', /20000000 encoded/],
  ['another scheme', { image: 'file:///etc/passwd' }, 400, 'image', /http and https/],
  ['a URL where they are off', { image: 'https://example.com/a.png' }, 400, 'image', /switched off/],
  ['image and video', { prompt: 'x', image, video: image }, 400, 'video', /not both/],
  ['transfer without a control', { ...transfer, edge: null }, 400, 'edge', /object/],
  ['a blank control', { ...transfer, edge: { control: '' } }, 400, 'edge.control', /leave the field out/],
  [
    'an old field in cosmos3',
    { model_mode: 'text2video', prompt: 'x', steps: 3 },
    422,
    'steps',
    /num_inference_steps/,
  ],
  ['a mode that nobody knows', { model_mode: 'dream', prompt: 'x' }, 422, 'model_mode', /must be one of/],
];

describe('bad input', () => {
  for (const [what, body, status, param, message] of REFUSED) {
    it(`refuses ${what}`, async () => {
      const answer = await post(`${test.url}/v1/infer`, body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      const error = errorOf(answer);
      assert.equal(error.param, param);
      assert.match(error.message, message);
      assert.equal(error.code, status);
      assert.ok(answer.body.detail.length > 0);
    });
  }

  it('refuses other content types', async () => {
    const answer = await post(`${test.url}/v1/infer`, 'prompt=x', { 'content-type': 'text/plain' });
    assert.equal(answer.status, 415);
    assert.equal(errorOf(answer).type, 'unsupported_content_type');
  });

  it('refuses an oversize body before reading it', async () => {
    const small = await startGateway({
      redisUrl: redis.url,
      environment: { WORLDFARM_MAX_BODY_BYTES: '2000' },
    });
    const answer = await post(`${small.url}/v1/infer`, { prompt: 'x'.repeat(5000) });
    await small.close();
    assert.equal(answer.status, 413);
    assert.equal(errorOf(answer).type, 'body_too_large');
  });

  it('refuses a mode that the profile does not serve, naming those it serves', async () => {
    const { aProfile } = await import('../testing/profiles.ts');
    await test.farm.profiles.announce(
      aProfile({ id: 'small', modes: ['text2video', 'image2video'], controls: [], tiers: ['256'] }),
    );
    const refuse = (body: object) => post(`${test.url}/profiles/small/v1/infer`, body);
    const moving = await refuse({ prompt: 'x', edge: {}, video: 'AAAA' });
    assert.equal(moving.status, 400);
    assert.equal(errorOf(moving).type, 'unsupported_mode');
    assert.match(errorOf(moving).message, /does not serve transfer; it serves text2video, image2video/);
    assert.match(errorOf(await refuse({ prompt: 'x' })).message, /does not serve tier 720; it serves 256/);
    const driving = await refuse({ model_mode: 'policy', prompt: 'x', input_reference: image });
    assert.match(errorOf(driving).message, /does not serve policy/);
  });

  it('has no profile that nobody brought', async () => {
    const answer = await post(`${test.url}/v1/infer?profile=nobody`, { prompt: 'x' });
    assert.equal(answer.status, 404);
    assert.equal(errorOf(answer).type, 'profile_not_found');
  });
});
