import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, commaList, flag, parseEnvironment, port } from './config.ts';

const shape = { PORT: port.default(8000), VERBOSE: flag.default(false), TIERS: commaList.optional() };

describe('parseEnvironment', () => {
  it('reads what is set and takes defaults for the rest', () => {
    assert.deepEqual(parseEnvironment(shape, { PORT: '9000', TIERS: '256, 480,' }), {
      PORT: 9000,
      VERBOSE: false,
      TIERS: ['256', '480'],
    });
  });

  it('counts blank as absent', () => {
    assert.equal(parseEnvironment(shape, { PORT: '  ' }).PORT, 8000);
  });

  it('names every variable that is wrong', () => {
    assert.throws(
      () => parseEnvironment(shape, { PORT: '70000', VERBOSE: 'maybe' }),
      (error: unknown) =>
        error instanceof ConfigError &&
        /PORT: at most 65535/.test(error.message) &&
        /VERBOSE: /.test(error.message),
    );
  });

  it('freezes what it returns', () => {
    const config = parseEnvironment(shape, {}) as { PORT: number };
    assert.throws(() => {
      config.PORT = 1;
    }, TypeError);
  });
});
