import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Profile } from '../profile.ts';
import { profileDigest } from './ids.ts';
import { readRow, type RowContext } from './row.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const profile = {
  id: 'p',
  version: '1',
  families: ['cosmos3-generator'],
  modes: ['text2video', 'image2video'],
  controls: [],
  tiers: ['256'],
  files: [{ path: 'a.onnx', bytes: 1, sha256: 'f'.repeat(64) }],
} as unknown as Profile;
const context: RowContext = {
  profile,
  build: profileDigest(profile, digest),
  family: 'cosmos3-generator',
  defaults: { resolution: '256' },
  output: { container: 'mp4', codec: 'h264', quality: 5 },
  splits: { train: 1 },
  splitBy: 'row',
  digest,
};
const read = (value: unknown, over: Partial<RowContext> = {}) => {
  const result = readRow(value, 1, { ...context, ...over });
  assert.ok('row' in result, JSON.stringify(result));
  return result.row;
};
const input = { prompt: 'a', seed: 1 };

describe('the key of a row', () => {
  it('is the same however the same render is written', () => {
    const key = read({ input }).key;
    assert.equal(read({ input: { seed: 1, prompt: 'a' } }).key, key);
    assert.equal(read({ input: { ...input, steps: 35, resolution: '256_16_9' } }).key, key);
    assert.equal(read({ id: 'named', input, tags: { a: 'b' }, split: 'test' }).key, key);
  });

  it('is another for another input, build or encoding', () => {
    const key = read({ input }).key;
    assert.notEqual(read({ input: { ...input, seed: 2 } }).key, key);
    assert.notEqual(read({ input: { ...input, negative_prompt: '' } }).key, key);
    for (const change of [{ version: '2' }, { negative_prompt: 'blur' }, { scheduler: { type: 'other' } }]) {
      const build = profileDigest({ ...profile, ...change }, digest);
      assert.notEqual(read({ input }, { build }).key, key);
    }
    const described = profileDigest({ ...profile, description: 'other words', tiers: ['256'] }, digest);
    assert.equal(read({ input }, { build: described }).key, key);
    assert.notEqual(read({ input }, { output: { ...context.output, quality: 6 } }).key, key);
  });

  it('stays what it is: a change would render every dataset again', () => {
    assert.equal(read({ input }).key.slice(0, 16), 'd6a36738fcb88acf');
  });
});

describe('a row', () => {
  it('without a seed gets one of its own, the same each time', () => {
    const one = read({ input: { prompt: 'a' } });
    assert.equal(read({ input: { prompt: 'a' } }).key, one.key);
    assert.notEqual(read({ id: 'second', input: { prompt: 'a' } }).key, one.key);
    assert.notEqual(read({ input: { prompt: 'b' } }).key, one.key);
  });

  it('that the profile does not serve is refused by field', () => {
    const result = readRow({ input: { ...input, resolution: '480' } }, 3, context);
    assert.deepEqual(
      'errors' in result && result.errors.map(({ line, field, type }) => [line, field, type]),
      [[3, 'input.resolution', 'unsupported_mode']],
    );
  });

  it('may name stored media, in media fields only', () => {
    const image = 's3://bucket/a.png';
    const found = readRow({ input: { ...input, image } }, 1, context);
    assert.ok('plan' in found && found.plan.image?.from === 'upload' && found.plan.image.id === image);
    assert.equal(read({ input: { prompt: image, seed: 1 } }).input.prompt, image);
  });

  it('tells each wrong field of one line', () => {
    const result = readRow({ input: { prompt: 1, seed: 'x' } }, 9, context);
    assert.deepEqual('errors' in result && result.errors.map(({ field }) => field), [
      'input.prompt',
      'input.seed',
    ]);
  });
});
