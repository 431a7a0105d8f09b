import { requestGuidance } from '../../models/guidance.ts';
import { graphTransformer } from '../../models/transformer.ts';
import { wholeWindowAutoencoder } from '../../models/whole-vae.ts';
import type { RenderRequest } from '../../request.ts';
import { rectifiedFlow } from '../../schedulers/rectified-flow.ts';
import { fromRgb } from '../../tensor/rgb.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { padTo } from '../../tokenizer/tokenizer.ts';
import type { Pipeline, PartLoader, PipelineKind } from '../pipeline.ts';
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
  const part = (name: string) => load.component(name, graphs[name]!);
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
      const conditional = await encodeText(request.prompt);
      const unconditional = await encodeText(request.negativePrompt);
      return {
        warnings: conditional.truncated
          ? [`the prompt is longer than ${settings.tokenizer.max_length} tokens and was cut`]
          : [],
        decode: (latents) => vae.decode(latents),
        async window(index, before) {
          const { frames } = plan.windows[index]!;
          const given = before ?? givenFrames(request, width, height, settings.overlap);
          const dims = [1, 1 + (frames - 1) / temporal, channels, height / spatial, width / spatial];
          return latentFlowDenoiser({
            transformer,
            scheduler: rectifiedFlow(request.steps, request.flowShift ?? settings.scheduler.shift),
            guidance: requestGuidance(settings.guidance, request),
            scale: request.guidance,
            texts: [conditional.states, unconditional.states],
            cache: settings.step_cache,
            noise: noise(dims, { purpose: 'latents', window: index }),
            known: given && (await vae.encode(given)),
          });
        },
      };
    },
  };
}

/** The frames that a request begins with: its image, or the end of its clip. */
function givenFrames(
  request: RenderRequest,
  width: number,
  height: number,
  longest: number,
): Tensor | undefined {
  if (request.image) return fromRgb(request.image, 1, height, width);
  if (!request.video) return undefined;
  const { frames, data } = request.video;
  const kept = frames >= longest ? longest : 1;
  const bytes = width * height * 3;
  const start = request.conditionKeep === 'first' ? 0 : frames - kept;
  return fromRgb(data.subarray(start * bytes, (start + kept) * bytes), kept, height, width);
}
