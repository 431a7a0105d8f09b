import { z } from 'zod';
import { requestGuidance } from '../../models/guidance.ts';
import { normalisation } from '../../models/normalisation.ts';
import { graphTransformer } from '../../models/transformer.ts';
import { flowMatchEuler, karrasFlowSigmas } from '../../schedulers/flow-match-euler.ts';
import { scale } from '../../tensor/math.ts';
import { openAutoencoder, openPaddedText, PREDICT_BATCH, predictGraph } from '../cosmos/parts.ts';
import { alignedSize, checkRequest, renderPlan } from '../cosmos/plan.ts';
import { cosmosPipelineShape, cosmosRopeSchema, readCosmos } from '../cosmos/settings.ts';
import { encodeCausal, encodePrompts, givenFrames, latentDims, windowRope } from '../cosmos/window.ts';
import type { PartLoader, Pipeline, PipelineKind } from '../pipeline.ts';
import { planWindows } from '../windows.ts';
import { predict2Denoiser } from './denoiser.ts';

const pipelineSchema = z.strictObject({
  ...cosmosPipelineShape,
  type: z.literal('predict2-video2world'),
  rope: cosmosRopeSchema,
  conditioning: z
    .object({
      /** Noise level that given frames are said to have. */
      sigma_conditioning: z.number().positive().default(1e-4),
      overlap_frames: z.int().positive().optional(),
    })
    .prefault({}),
});

const read = (profile: Parameters<PipelineKind>[0]) =>
  readCosmos(profile, pipelineSchema, ['flow-match-euler']);
type Settings = ReturnType<typeof read>;

/** Cosmos-Predict2 Video2World over Wan latents. Source: diffusers `pipeline_cosmos2_video2world.py`. */
export const predict2: PipelineKind = (profile) => {
  const settings = read(profile);
  const { latent, rope, conditioning } = settings.pipeline;
  const overlap = conditioning.overlap_frames ?? 1 + latent.temporal;
  return {
    plan(request) {
      checkRequest(request, settings.modes, settings.controls);
      const cell = latent.spatial;
      const largest = { width: rope.max_size[2] * cell, height: rope.max_size[1] * cell };
      const { frames } = settings.native;
      const windows = planWindows(request.frames, {
        frames,
        overlap,
        temporal: latent.temporal,
        fixed: false,
      });
      return renderPlan(request, alignedSize(request, cell * rope.patch[1], largest), windows);
    },
    open: (load) => open(settings, load, overlap),
  };
};

async function open(settings: Settings, load: PartLoader, overlap: number): Promise<Pipeline> {
  const { latent, rope, guidance, conditioning, step_cache } = settings.pipeline;
  const { sigma_min, sigma_max, sigma_data, final_sigmas_type } = settings.scheduler.config;
  const text = await openPaddedText(load, settings.tokenizer);
  const network = await load.component('transformer', predictGraph(latent.channels, rope.head_dim));
  const batch = guidance.batched ? PREDICT_BATCH : undefined;
  const transformer = graphTransformer(network, { output: 'sample', batch });
  const vae = await openAutoencoder(load, settings.components, latent);
  const norm = normalisation(latent, sigma_data);

  return {
    transformerSeconds: () => network.seconds,
    async begin(request, plan, noise) {
      const { prompts, warnings } = await encodePrompts(text, request);
      const sigmaMax = request.sigmaMax ?? sigma_max;
      const levels = { sigmaMin: sigma_min, sigmaMax, last: final_sigmas_type };
      return {
        warnings,
        decode: (latents) => vae.decode(norm.toAutoencoder(latents)),
        async window(index, before) {
          const { frames } = plan.windows[index]!;
          const dims = latentDims(latent, frames, plan.sampled);
          const needs = { frames, temporal: latent.temporal, keep: overlap };
          const given = givenFrames(request, plan.sampled, needs, before);
          const draw =
            latent.posterior === 'sample' ? noise(dims, { purpose: 'posterior', window: index }) : undefined;
          return predict2Denoiser({
            transformer,
            scheduler: flowMatchEuler(karrasFlowSigmas(request.steps, levels)),
            guidance: requestGuidance(guidance, request),
            scale: request.guidance,
            cache: step_cache,
            prompts: prompts.map(({ feeds }) => feeds),
            rope: windowRope(rope, dims, request.fps),
            start: scale(sigmaMax, noise(dims, { purpose: 'latents', window: index })),
            given: await encodeCausal(given, vae, norm, latent.temporal, draw),
            givenTime: conditioning.sigma_conditioning / (1 + conditioning.sigma_conditioning),
          });
        },
      };
    },
  };
}
