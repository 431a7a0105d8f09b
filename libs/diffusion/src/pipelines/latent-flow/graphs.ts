import type { GraphSpec } from '../../profile/fit.ts';
import type { LatentFlowSettings } from './settings.ts';

/** Graph interfaces: B batch, T latent frames, h and w latent cells, S tokens, E text width, F frames. */
export function latentFlowGraphs({ latent, tokenizer }: LatentFlowSettings): Record<string, GraphSpec> {
  const latents = ['B', 'T', latent.channels, 'h', 'w'];
  const states = ['B', tokenizer.max_length, 'E'];
  return {
    text_encoder: {
      inputs: { input_ids: ['B', tokenizer.max_length] },
      outputs: { encoder_hidden_states: states },
    },
    transformer: {
      inputs: {
        hidden_states: latents,
        condition_latents: latents,
        condition_mask: ['B', 'T', 1, 'h', 'w'],
        timestep: ['B'],
        encoder_hidden_states: states,
      },
      optional: { encoder_attention_mask: ['B', tokenizer.max_length] },
      outputs: { velocity: latents },
    },
    vae_encoder: { inputs: { video: ['B', 3, 'F', 'H', 'W'] }, outputs: { latents } },
    vae_decoder: { inputs: { latents }, outputs: { video: ['B', 3, 'F', 'H', 'W'] } },
  };
}
