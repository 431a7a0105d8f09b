import type { GraphSpec } from '../../profile/fit.ts';
import type { Cosmos3Settings } from './settings.ts';

/** Graph interfaces: S text tokens, L layers, M items of a sequence, N tokens of all items. */
export function cosmos3Graphs({ pipeline }: Cosmos3Settings): {
  text_encoder: GraphSpec;
  transformer: GraphSpec;
} {
  const { channels } = pipeline.latent;
  const hd = pipeline.rope.head_dim;
  const memory = ['L', 'S', 'kv', hd];
  return {
    text_encoder: {
      inputs: { input_ids: ['S'], rope_cos: ['S', hd], rope_sin: ['S', hd] },
      outputs: { und_k: memory, und_v: memory },
    },
    transformer: {
      inputs: {
        hidden_states: ['M', channels, 'T', 'H', 'W'],
        timestep: [1],
        noisy_mask: ['M', 'T'],
        rope_cos: ['N', hd],
        rope_sin: ['N', hd],
        und_k: memory,
        und_v: memory,
      },
      outputs: { velocity: [1, channels, 'T', 'H', 'W'] },
    },
  };
}
