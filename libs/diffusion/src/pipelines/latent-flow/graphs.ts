import type { GraphSpec } from '../../profile/fit.ts';
import type { LatentFlowSettings } from './settings.ts';

type Part = 'text_encoder' | 'transformer' | 'vae_encoder' | 'vae_decoder' | 'map';

/**
 * Graph interfaces: B batch, T latent frames, h and w latent cells, S tokens, R rows and E width of text states, F
 * frames. Inputs that a network may leave out are fed when it asks for them.
 */
export function latentFlowGraphs({ latent, controls }: LatentFlowSettings): Record<Part, GraphSpec> {
  const latents = ['B', 'T', latent.channels, 'h', 'w'];
  const pixels = ['B', 3, 'F', 'H', 'W'];
  const states = ['B', 'R', 'E'];
  return {
    text_encoder: { inputs: { input_ids: ['B', 'S'] }, outputs: { encoder_hidden_states: states } },
    transformer: {
      inputs: {
        hidden_states: latents,
        condition_latents: latents,
        condition_mask: ['B', 'T', 1, 'h', 'w'],
        timestep: ['B'],
        encoder_hidden_states: states,
      },
      optional: {
        encoder_attention_mask: ['B', 'R'],
        control_latents: ['B', controls.length, 'T', latent.channels, 'h', 'w'],
        control_weight: ['B', controls.length],
        fps: ['B'],
      },
      outputs: { velocity: latents },
    },
    vae_encoder: { inputs: { video: pixels }, outputs: { latents } },
    vae_decoder: { inputs: { latents }, outputs: { video: pixels } },
    map: { inputs: { video: pixels }, outputs: { control: pixels } },
  };
}
