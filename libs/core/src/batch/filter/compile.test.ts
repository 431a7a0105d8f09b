import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileFilter } from './compile.ts';

const row = {
  id: 'a',
  seed: 3,
  split: 'train',
  scores: { motion: 0.5, frozen: 0 },
  near_duplicate_of: null,
  ok: true,
};
const takes = (source: string) => compileFilter(source)(row);

describe('a filter', () => {
  it('compares fields with values, by number, by text and by absence', () => {
    for (const source of [
      'scores.motion > 0.1',
      'scores.motion >= 0.5',
      'seed != -3',
      "split == 'train'",
      'split == "train"',
      'near_duplicate_of == null',
      'seed in (1, 2, 3)',
      'ok',
      'seed > 1e0',
    ]) {
      assert.equal(takes(source), true, source);
    }
    for (const source of [
      'scores.frozen',
      "split == 'test'",
      'seed in (1, 2)',
      'scores.motion < 0.5',
      '!ok',
    ]) {
      assert.equal(takes(source), false, source);
    }
  });

  it('joins with and before or, and brackets before both', () => {
    assert.equal(takes('ok || ok && !ok'), true);
    assert.equal(takes('(ok || ok) && !ok'), false);
    assert.equal(takes('!(seed == 1) && (scores.motion > 1 || ok)'), true);
  });

  it('holds nothing to be more or less than what is not there, or of another kind', () => {
    for (const source of [
      'missing > 0',
      'missing < 0',
      'near_duplicate_of >= 0',
      'split > 1',
      'scores > 0',
    ]) {
      assert.equal(takes(source), false, source);
    }
  });

  it('reaches nothing that is not the row itself', () => {
    assert.equal(takes('constructor == null && __proto__ == null && id.length == null'), true);
  });

  it('says what it did not understand, and where', () => {
    for (const [source, message] of [
      ['seed >', /expected a field or a value, found the end, at character 7/],
      ['seed = 3', /cannot be read, at character 5/],
      ['(seed == 3', /expected \), found the end/],
      ['seed == 3 4', /expected the end, found 4, at character 10/],
      ['', /expected a field/],
      ["split == 'tr", /cannot be read/],
    ] as const) {
      assert.throws(() => compileFilter(source), message, source);
    }
  });
});
