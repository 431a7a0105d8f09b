import { z } from 'zod';
import { padTo, type Vocabulary } from './tokenizer.ts';

const templateSchema = z.object({ prefix: z.string(), suffix: z.string() });

/** The tokenizer part of an exported profile. */
export const promptTokenizerSchema = z.object({
  file: z.string(),
  type: z.enum(['t5', 'qwen']),
  max_length: z.int().positive().nullish(),
  padding: z.enum(['max_length', 'none']),
  pad_id: z.int().nonnegative(),
  eos_id: z.int().nonnegative(),
  /** Qwen: what stands around the prompt, chat markers included. */
  templates: z.record(z.string(), templateSchema).optional(),
  /** Ids that follow the template. */
  append_ids: z.array(z.int()).default([]),
});
export type PromptTokenizer = z.infer<typeof promptTokenizerSchema>;

export interface PromptIds {
  readonly ids: readonly number[];
  /** Ids before the padding. */
  readonly length: number;
  readonly truncated: boolean;
}

/**
 * The ids that a text encoder is fed. T5: cut so that the end mark stays last. Qwen: prefix, prompt and suffix as one
 * string, with their special tokens recognised, cut on the right.
 * @param template the name of a Qwen template
 */
export function promptIds(
  vocabulary: Vocabulary,
  settings: PromptTokenizer,
  prompt: string,
  template = 'default',
): PromptIds {
  const longest = settings.max_length ?? Number.POSITIVE_INFINITY;
  let ids: number[];
  if (settings.type === 't5') {
    ids = vocabulary.encode(prompt, true);
  } else {
    const { prefix, suffix } = settings.templates?.[template] ?? { prefix: '', suffix: '' };
    ids = [...vocabulary.encode(prefix + prompt + suffix, false), ...settings.append_ids];
  }
  const truncated = ids.length > longest;
  if (truncated) {
    ids = ids.slice(0, longest);
    if (settings.type === 't5') ids[longest - 1] = settings.eos_id;
  }
  if (settings.padding === 'none' || settings.max_length == null)
    return { ids, length: ids.length, truncated };
  return { ids: padTo(ids, settings.max_length, settings.pad_id).ids, length: ids.length, truncated };
}
