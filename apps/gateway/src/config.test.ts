import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from './config.ts';

describe('the configuration', () => {
  it('is complete without any variable, frozen, and bound to loopback without keys', () => {
    const config = readConfig({});
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 8000);
    assert.equal(config.auth, false);
    assert.equal(config.holdSeconds, 1800);
    assert.equal(config.output.quality, 5);
    assert.ok(Object.isFrozen(config));
  });

  it('asks for keys as soon as others can call', () => {
    assert.equal(readConfig({ WORLDFARM_HOST: '0.0.0.0' }).auth, true);
    assert.equal(readConfig({ WORLDFARM_HOST: '0.0.0.0', WORLDFARM_AUTH: 'off' }).auth, false);
  });

  it("reads the NIM's own variables", () => {
    const config = readConfig({
      NIM_HTTP_API_PORT: '9000',
      NIM_ALLOW_URL_INPUT: 'false',
      NIM_TRITON_REQUEST_TIMEOUT: '2500000',
      NIM_VIDEO_SAVE_QUALITY: '9',
      NIM_MODEL_PROFILE: 'p',
      NIM_FT_CHECKPOINT: 'mine',
      NIM_LOGGING_JSONL: '1',
    });
    assert.equal(config.port, 9000);
    assert.equal(config.media.allowUrls, false);
    assert.equal(config.holdSeconds, 2.5);
    assert.equal(config.output.quality, 9);
    assert.equal(config.defaultProfile, 'p');
    assert.equal(config.checkpoint, 'mine');
    assert.equal(config.log.json, true);
  });

  it('names the variable at fault', () => {
    for (const [name, value] of Object.entries({
      NIM_VIDEO_SAVE_QUALITY: '10',
      NIM_HTTP_API_PORT: 'http',
      WORLDFARM_DEFAULT_FAMILY: 'cosmos9',
      REDIS_URL: 'not a url',
      WORLDFARM_VIDEO_CODEC: 'h266',
    })) {
      assert.throws(() => readConfig({ [name]: value }), new RegExp(`${name}: `));
    }
    assert.throws(
      () => readConfig({ NIM_ENABLE_PROMPT_UPSAMPLING: '1' }),
      /NIM_PROMPT_UPSAMPLING_ENDPOINT_URL/,
    );
  });
});
