import { mRope, textPositions } from '../../models/rope.ts';
import type { Feeds } from '../../models/transformer.ts';
import type { Session } from '../../session/session.ts';
import { type PromptTokenizer, promptIds } from '../../tokenizer/prompt.ts';
import type { Vocabulary } from '../../tokenizer/tokenizer.ts';
import type { Cosmos3Rope } from './settings.ts';

/** A prompt after its half of the network: keys and values that video tokens attend to. */
export interface Cosmos3Prompt {
  readonly feeds: Feeds;
  readonly tokens: number;
}

export type Cosmos3Text = (prompt: string, template: string) => Promise<Cosmos3Prompt>;

export function cosmos3Text(
  session: Session,
  vocabulary: Vocabulary,
  tokenizer: PromptTokenizer,
  rope: Cosmos3Rope,
): Cosmos3Text {
  return async (prompt, template) => {
    const { ids } = promptIds(vocabulary, tokenizer, prompt, template);
    const table = mRope(
      ids.length,
      { headDim: rope.head_dim, theta: rope.theta, section: rope.section },
      textPositions(),
    );
    // They are large, have the profile's precision, and are read by no one but the transformer.
    const { kept } = await session.runKeeping(
      { input_ids: { dims: [ids.length], integers: ids }, ...table },
      () => true,
    );
    return { feeds: kept, tokens: ids.length };
  };
}
