import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProfileError } from '@worldfarm/diffusion';
import { ConfigError } from '@worldfarm/service';
import { checkTogether } from './together.ts';

const profile = (id: string, bytes: number, engine: 'onnx' | 'nim' = 'onnx') => ({
  id,
  engine,
  files: [{ path: 'x', bytes, sha256: '' }],
});
const GPU = { providers: ['cuda'], deviceMemory: 80e9 };

describe('several profiles on one worker', () => {
  it('are let in where the device holds them at once', () => {
    checkTogether([profile('a', 20e9), profile('b', 20e9)], GPU);
    checkTogether([profile('a', 1e6), profile('b', 1e6)], { providers: undefined, deviceMemory: undefined });
  });

  it('are refused by the name of the one that is too much', () => {
    const tooMuch = (error: unknown) => error instanceof ProfileError && /^b needs /.test(error.reason);
    assert.throws(() => checkTogether([profile('a', 40e9), profile('b', 40e9)], GPU), tooMuch);
    const cpu = { providers: ['cpu'], deviceMemory: undefined };
    assert.throws(() => checkTogether([profile('a', 1e6), profile('b', 1e15)], cpu), tooMuch);
  });

  it('are refused where nobody said what the device holds', () => {
    const unknown = { providers: ['cuda'], deviceMemory: undefined };
    assert.throws(
      () => checkTogether([profile('a', 1), profile('b', 1)], unknown),
      (error) => error instanceof ConfigError && /WORLDFARM_DEVICE_MEMORY_MB/.test(error.message),
    );
  });

  it('do not count where they run elsewhere, and one alone may try', () => {
    checkTogether([profile('a', 40e9), profile('b', 90e9, 'nim')], GPU);
    checkTogether([profile('a', 90e9)], GPU);
  });
});
