import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES } from '../parity/fixtures.ts';
import { type PromptTokenizer, promptIds, promptTokenizerSchema } from './prompt.ts';
import { openVocabulary } from './tokenizer.ts';

interface Row {
  readonly text: string;
  readonly prompt?: string;
  readonly ids: readonly number[];
}

async function golden(name: 't5' | 'qwen') {
  const dir = join(FIXTURES, 'tokenizers', name);
  const file = JSON.parse(readFileSync(join(dir, 'golden.json'), 'utf8')) as Record<string, unknown>;
  const rows = (key: string) => file[key] as readonly Row[];
  const settings = (key?: string): PromptTokenizer => {
    const all = file.tokenizer as Record<string, unknown>;
    return promptTokenizerSchema.parse(key === undefined ? all : all[key]);
  };
  return { rows, settings, vocabulary: await openVocabulary(join(dir, 'tokenizer.json'), 'tokenizer.json') };
}

test('Qwen byte pairs split hundreds of texts, hard ones too, as the Rust tokenizers do', async () => {
  const { rows, vocabulary } = await golden('qwen');
  for (const { text, ids } of [...rows('texts'), ...rows('hard')]) {
    assert.deepEqual(vocabulary.encode(text, false), ids, text);
  }
});

test('Reason1 and Cosmos3 chats are the ids of their chat templates', async () => {
  const { rows, settings, vocabulary } = await golden('qwen');
  for (const { prompt, ids } of rows('reason1')) {
    assert.deepEqual(promptIds(vocabulary, settings('reason1'), prompt!).ids, ids, prompt);
  }
  // The recorded chats end before the ids that the pipeline appends.
  const chat = { ...settings('cosmos3'), append_ids: [] };
  for (const template of ['video', 'image', 'transfer', 'bare']) {
    for (const { prompt, ids } of rows(`cosmos3_${template}`)) {
      assert.deepEqual(promptIds(vocabulary, chat, prompt!, template).ids, ids, prompt);
    }
  }
});

test('T5 unigrams split hundreds of texts, joined emoji too, as the Rust tokenizers do, padded and cut too', async () => {
  const { rows, settings, vocabulary } = await golden('t5');
  for (const { text, ids } of [...rows('texts'), ...rows('hard')]) {
    assert.deepEqual(vocabulary.encode(text, true), ids, text);
  }
  for (const { text, ids } of rows('padded')) {
    assert.deepEqual(promptIds(vocabulary, settings(), text).ids, ids, text);
  }
});
