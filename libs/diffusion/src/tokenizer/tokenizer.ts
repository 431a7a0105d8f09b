import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { ProfileError } from '../errors.ts';
import { takePrecompiled } from './precompiled.ts';

export interface TokenIds {
  readonly ids: readonly number[];
  /** True when the text was longer than the model reads. */
  readonly truncated: boolean;
}

/** The raw vocabulary: text to ids, without padding or truncation of its own. */
export interface Vocabulary {
  encode(text: string, specialTokens: boolean): number[];
}

/**
 * Reads a `tokenizer.json` of the Hugging Face tokenizers library.
 * @throws ProfileError when it cannot be read.
 */
export async function openVocabulary(path: string, file: string): Promise<Vocabulary> {
  try {
    const json = JSON.parse(await readFile(path, 'utf8'));
    const taken = takePrecompiled(json.normalizer);
    if (taken) json.normalizer = taken.rest;
    // Of word-level models the library takes the unknown token from the second file alone.
    const tokenizer = new Tokenizer(json, { unk_token: json.model?.unk_token });
    return {
      encode: (text, specialTokens) =>
        tokenizer.encode(taken ? taken.normalize(text) : text, { add_special_tokens: specialTokens }).ids,
    };
  } catch (cause) {
    throw new ProfileError(file, 'is not a tokenizer that can be read', { cause });
  }
}

/** Ids cut or padded on the right to exactly `length`. */
export function padTo(ids: readonly number[], length: number, padId: number): TokenIds {
  const kept = ids.slice(0, length);
  return {
    ids: [...kept, ...new Array<number>(length - kept.length).fill(padId)],
    truncated: ids.length > length,
  };
}
