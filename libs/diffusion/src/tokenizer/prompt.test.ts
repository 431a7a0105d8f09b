import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCase } from '../parity/case.ts';
import { fixtures } from '../parity/fixtures.ts';
import { readProfile } from '../profile/read.ts';
import { describeClip } from './cosmos3-prompt.ts';
import { type PromptTokenizer, promptIds, promptTokenizerSchema } from './prompt.ts';
import { openVocabulary } from './tokenizer.ts';

for (const { name, dir, cases } of fixtures()) {
  test(`${name} reads prompts token for token as transformers does`, async () => {
    const profile = await readProfile(dir);
    const settings = promptTokenizerSchema.parse(profile.tokenizer);
    const vocabulary = await openVocabulary(join(dir, settings.file), settings.file);
    for (const golden of cases) {
      const { file, request } = await readCase(join(dir, 'golden', golden));
      const read = (prompt: string, negative: boolean) => {
        if (profile.pipeline?.type !== 'cosmos3') return promptIds(vocabulary, settings, prompt).ids;
        const parts = { system: true, duration: true, resolution: true, ...request.promptTemplate };
        const task = file.mode === 'transfer' ? 'transfer' : file.frames === 1 ? 'image' : 'video';
        const text = file.mode === 'transfer' ? prompt : describeClip(prompt, file, parts, negative);
        return promptIds(vocabulary, settings, text, parts.system ? task : 'bare').ids;
      };
      assert.deepEqual(read(request.prompt, false), file.input_ids, golden);
      // Distilled models are given no negative prompt.
      if (file.negative_input_ids?.length) {
        assert.deepEqual(read(request.negativePrompt, true), file.negative_input_ids, golden);
      }
    }
  });
}

const words = {
  encode: (text: string, special: boolean) => [...text.split(' ').map(Number), ...(special ? [1] : [])],
};
const t5: PromptTokenizer = {
  file: '',
  type: 't5',
  max_length: 4,
  padding: 'max_length',
  pad_id: 0,
  eos_id: 1,
  append_ids: [],
};

test('T5 keeps its end mark when a prompt is cut, and pads behind it', () => {
  assert.deepEqual(promptIds(words, t5, '5 6'), { ids: [5, 6, 1, 0], length: 3, truncated: false });
  assert.deepEqual(promptIds(words, t5, '5 6 7 8 9'), { ids: [5, 6, 7, 1], length: 4, truncated: true });
});

test('Qwen is cut on the right, and without padding its ids are followed by what the profile appends', () => {
  const qwen: PromptTokenizer = {
    ...t5,
    type: 'qwen',
    templates: { default: { prefix: '2 ', suffix: ' 3' } },
    append_ids: [9],
  };
  assert.deepEqual(promptIds(words, qwen, '5 6 7'), { ids: [2, 5, 6, 7], length: 4, truncated: true });
  const open = { ...qwen, max_length: null, padding: 'none' as const };
  assert.deepEqual(promptIds(words, open, '5'), { ids: [2, 5, 3, 9], length: 4, truncated: false });
});
