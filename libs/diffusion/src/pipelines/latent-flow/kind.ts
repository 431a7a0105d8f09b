import type { Control } from '@worldfarm/core';
import { requestGuidance } from '../../models/guidance.ts';
import { graphTransformer } from '../../models/transformer.ts';
import { wholeWindowAutoencoder } from '../../models/whole-vae.ts';
import { rectifiedFlow } from '../../schedulers/rectified-flow.ts';
import type { Session } from '../../session/session.ts';
import { full } from '../../tensor/tensor.ts';
import { padTo } from '../../tokenizer/tokenizer.ts';
import type { Pipeline, PartLoader, PipelineKind } from '../pipeline.ts';
import { controlFeeds, givenFrames } from './conditions.ts';
import { latentFlowDenoiser } from './denoiser.ts';
import { latentFlowGraphs } from './graphs.ts';
import { planLatentFlow } from './plan.ts';
import { type LatentFlowSettings, readSettings } from './settings.ts';

/**
 * A latent rectified flow over a causal video autoencoder, with text states and given latent frames as conditions:
 * kernel-world and its kin.
 */
export const latentFlow: PipelineKind = (profile) => {
  const settings = readSettings(profile);
  return {
    plan: (request) => planLatentFlow(settings, request),
    open: (load) => open(settings, load),
  };
};

async function open(settings: LatentFlowSettings, load: PartLoader): Promise<Pipeline> {
  const graphs = latentFlowGraphs(settings);
  const vocabulary = await load.vocabulary();
  const part = (name: keyof typeof graphs) => load.component(name, graphs[name]);
  const textEncoder = await part('text_encoder');
  const network = await part('transformer');
  const transformer = graphTransformer(network, {
    output: 'velocity',
    batch: settings.guidance.batched ? new Set(network.inputs.keys()) : undefined,
  });
  const vae = wholeWindowAutoencoder(await part('vae_encoder'), await part('vae_decoder'), {
    video: 'video',
    encoded: 'latents',
  });
  const makers = new Map<Control, Session>();
  for (const kind of settings.mapMakers) makers.set(kind, await load.component(kind, graphs.map));
  const controlled = network.inputs.has('control_latents') ? settings.controls : [];
  const { channels, spatial, temporal } = settings.latent;

  async function encodeText(prompt: string) {
    const { max_length, pad_id } = settings.tokenizer;
    const { ids, truncated } = padTo(
      prompt === '' ? [] : vocabulary.encode(prompt, true),
      max_length,
      pad_id,
    );
    const states = await textEncoder.run({ input_ids: { dims: [1, max_length], integers: ids } });
    return { states, truncated };
  }

  return {
    transformerSeconds: () => network.seconds,
    async begin(request, plan, noise) {
      const { width, height } = plan.sampled;
      const masked = request.controls?.some(({ mask }) => mask) ?? false;
      const conditional = await encodeText(request.prompt);
      const unconditional = await encodeText(request.negativePrompt);
      return {
        warnings: [
          ...(conditional.truncated
            ? [`the prompt is longer than ${settings.tokenizer.max_length} tokens and was cut`]
            : []),
          ...(masked ? ['this profile weighs controls as a whole: their masks were not used'] : []),
        ],
        decode: (latents) => vae.decode(latents),
        async window(index, before) {
          const window = plan.windows[index]!;
          const given = before ?? givenFrames(request, plan.sampled, settings.overlap);
          const dims = [1, 1 + (window.frames - 1) / temporal, channels, height / spatial, width / spatial];
          return latentFlowDenoiser({
            transformer,
            scheduler: rectifiedFlow(request.steps, request.flowShift ?? settings.scheduler.shift),
            guidance: requestGuidance(settings.guidance, request),
            scale: request.guidance,
            texts: [conditional.states, unconditional.states],
            shared: {
              fps: full([1], request.fps),
              ...(controlled.length > 0 &&
                (await controlFeeds(request, window, plan.sampled, dims, {
                  order: controlled,
                  vae,
                  makers,
                }))),
            },
            cache: settings.step_cache,
            noise: noise(dims, { purpose: 'latents', window: index }),
            known: given && (await vae.encode(given)),
          });
        },
      };
    },
  };
}
