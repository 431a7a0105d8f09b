import { ProfileError } from '../../errors.ts';
import type { LatentSettings } from '../../models/normalisation.ts';
import { paddedTextEncoder, type TextEncoder } from '../../models/text-encoder.ts';
import type { Autoencoder } from '../../models/vae.ts';
import { wanAutoencoder } from '../../models/wan-vae.ts';
import { wholeWindowAutoencoder } from '../../models/whole-vae.ts';
import type { GraphSpec } from '../../profile/fit.ts';
import type { PromptTokenizer } from '../../tokenizer/prompt.ts';
import type { PartLoader } from '../pipeline.ts';

export type Components = Readonly<Record<string, { readonly file: string; readonly [key: string]: unknown }>>;

const isCache = (name: string) => name.startsWith('cache_');
const PIXELS = ['1', 3, 'F', 'Hp', 'Wp'] as const;

/** Opens the autoencoder that the components name: the Wan pair of graphs, or KLCosmos with a graph a window. */
export async function openAutoencoder(
  load: PartLoader,
  components: Components,
  latent: LatentSettings,
): Promise<Autoencoder> {
  const latents = ['1', latent.channels, 'T', 'H', 'W'] as const;
  const encoder: GraphSpec = {
    inputs: { frames: PIXELS },
    outputs: { latent_mean: latents },
    accepts: isCache,
  };
  const decoder: GraphSpec = { inputs: { latents }, outputs: { frames: PIXELS }, accepts: isCache };
  const type = components.vae_decoder?.type;
  if (type === 'wan') {
    const pair = async (name: string, spec: GraphSpec) => ({
      first: await load.component(name, spec),
      next: await load.component(name, spec, 'next'),
    });
    return wanAutoencoder(
      await pair('vae_encoder', encoder),
      await pair('vae_decoder', decoder),
      latent.temporal,
    );
  }
  if (type === 'kl-cosmos') {
    return wholeWindowAutoencoder(
      await load.component('vae_encoder', encoder),
      await load.component('vae_decoder', decoder),
      { video: 'frames', encoded: 'latent_mean' },
    );
  }
  throw new ProfileError(
    'profile.json',
    `components.vae_decoder.type: ${String(type)} is not wan or kl-cosmos`,
  );
}

/** Opens a T5 or Reason1 encoder with its tokenizer. */
export async function openPaddedText(
  load: PartLoader,
  tokenizer: PromptTokenizer,
  extraOutputs: readonly string[] = [],
): Promise<TextEncoder> {
  const ids = ['B', 'S'] as const;
  const states = ['B', 'S', 'D'] as const;
  const session = await load.component('text_encoder', {
    inputs: { input_ids: ids },
    optional: { attention_mask: ids },
    outputs: Object.fromEntries(['encoder_hidden_states', ...extraOutputs].map((name) => [name, states])),
  });
  return paddedTextEncoder(session, await load.vocabulary(), tokenizer);
}

/** The transformer's graph as Predict1, Predict2 and Predict2.5 have it. */
export function predictGraph(channels: number, headDim: number): GraphSpec {
  const latents = ['B', channels, 'T', 'H', 'W'];
  return {
    inputs: {
      hidden_states: latents,
      timestep: ['B', 'T'],
      encoder_hidden_states: ['B', 'S', 'D'],
      rope_cos: ['N', headDim],
      rope_sin: ['N', headDim],
    },
    optional: { condition_mask: ['B', 1, 'T', 'H', 'W'] },
    outputs: { sample: latents },
  };
}

/** Inputs of that graph that have a row for each branch of guidance. */
export const PREDICT_BATCH: ReadonlySet<string> = new Set([
  'hidden_states',
  'timestep',
  'encoder_hidden_states',
  'condition_mask',
]);
