import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { KERNEL_WORLD } from '../test-support/files.ts';
import { openVocabulary } from './tokenizer.ts';

const UNKNOWN = 1;

test('a word outside the vocabulary becomes the unknown token, not nothing', async () => {
  const vocabulary = await openVocabulary(join(KERNEL_WORLD, 'tokenizer.json'), 'tokenizer.json');
  const [red] = vocabulary.encode('red', false);
  assert.deepEqual(vocabulary.encode('a zeppelin, red!', false), [UNKNOWN, red]);
});
