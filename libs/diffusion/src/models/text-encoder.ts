import type { Session } from '../session/session.ts';
import { type PromptTokenizer, promptIds } from '../tokenizer/prompt.ts';
import type { Vocabulary } from '../tokenizer/tokenizer.ts';
import type { Feeds } from './transformer.ts';

/** A prompt as the transformer takes it: every output of the encoder under its own name. */
export interface EncodedPrompt {
  readonly feeds: Feeds;
  /** Tokens without padding. */
  readonly tokens: number;
  readonly truncated: boolean;
}

export type TextEncoder = (prompt: string) => Promise<EncodedPrompt>;

/** T5 and Reason1 encoders: padded ids, and where the graph has it the mask of those that are not padding. */
export function paddedTextEncoder(
  session: Session,
  vocabulary: Vocabulary,
  settings: PromptTokenizer,
): TextEncoder {
  return async (prompt) => {
    const { ids, length, truncated } = promptIds(vocabulary, settings, prompt);
    const dims = [1, ids.length];
    const feeds = await session.run({
      input_ids: { dims, integers: ids },
      attention_mask: { dims, integers: ids.map((_, i) => (i < length ? 1 : 0)) },
    });
    return { feeds, tokens: length, truncated };
  };
}
