import { z } from 'zod';
import { requestGuidance } from '../../models/guidance.ts';
import { normalisation } from '../../models/normalisation.ts';
import { graphTransformer } from '../../models/transformer.ts';
import { edmEuler } from '../../schedulers/edm-euler.ts';
import { edmSettings } from '../../schedulers/from-config.ts';
import { scale } from '../../tensor/math.ts';
import { extend } from '../cosmos/frames.ts';
import { openAutoencoder, openPaddedText, PREDICT_BATCH, predictGraph } from '../cosmos/parts.ts';
import { alignedSize, checkRequest, refuseLonger, renderPlan } from '../cosmos/plan.ts';
import { cosmosPipelineShape, cosmosRopeSchema, readCosmos } from '../cosmos/settings.ts';
import { encodePrompts, givenFrames, latentDims, windowRope } from '../cosmos/window.ts';
import type { PartLoader, Pipeline, PipelineKind } from '../pipeline.ts';
import { planWindows } from '../windows.ts';
import { predict1Denoiser } from './denoiser.ts';

const pipelineSchema = z.strictObject({
  ...cosmosPipelineShape,
  type: z.enum(['predict1-text2world', 'predict1-video2world']),
  rope: cosmosRopeSchema,
  conditioning: z
    .object({
      /** Noise that given frames carry. */
      augment_sigma: z.number().positive().default(0.001),
      /** Frames of a window that the next one begins with. */
      overlap_frames: z.int().positive().optional(),
    })
    .prefault({}),
});

const read = (profile: Parameters<PipelineKind>[0]) => readCosmos(profile, pipelineSchema, ['edm-euler']);
type Settings = ReturnType<typeof read>;

/**
 * Cosmos-Predict1 Text2World and Video2World: EDM sampling of a network over KLCosmos latents.
 * Source: diffusers `pipeline_cosmos_text2world.py`, `pipeline_cosmos_video2world.py`.
 */
export const predict1: PipelineKind = (profile) => {
  const settings = read(profile);
  const { latent, rope, type, conditioning } = settings.pipeline;
  const overlap = conditioning.overlap_frames ?? 1 + latent.temporal;
  return {
    plan(request) {
      checkRequest(request, settings.modes, settings.controls);
      if (type === 'predict1-text2world') refuseLonger(request, settings.native);
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
  const text = await openPaddedText(load, settings.tokenizer);
  const network = await load.component('transformer', predictGraph(latent.channels, rope.head_dim));
  const batch = guidance.batched ? PREDICT_BATCH : undefined;
  const transformer = graphTransformer(network, { output: 'sample', batch });
  const vae = await openAutoencoder(load, settings.components, latent);
  const edm = edmSettings(settings.scheduler);
  const norm = normalisation(latent, edm.sigmaData);

  return {
    transformerSeconds: () => network.seconds,
    async begin(request, plan, noise) {
      const { prompts, warnings } = await encodePrompts(text, request);
      const sigmaMax = request.sigmaMax ?? edm.sigmaMax;
      return {
        warnings,
        decode: (latents) => vae.decode(norm.toAutoencoder(latents)),
        async window(index, before) {
          const { frames } = plan.windows[index]!;
          const dims = latentDims(latent, frames, plan.sampled);
          const needs = { frames, temporal: latent.temporal, keep: overlap };
          const given = givenFrames(request, plan.sampled, needs, before);
          // The autoencoder looks at whole windows, so the rest is filled, with grey, as the model was trained.
          const encoded = given && norm.toSampler(await vae.encode(extend(given.video, frames, 0)));
          return predict1Denoiser({
            transformer,
            scheduler: edmEuler(request.steps, { ...edm, sigmaMax }),
            sigmaData: edm.sigmaData,
            guidance: requestGuidance(guidance, request),
            scale: request.guidance,
            cache: step_cache,
            prompts: prompts.map(({ feeds }) => feeds),
            rope: windowRope(rope, dims, request.fps),
            start: scale(sigmaMax, noise(dims, { purpose: 'latents', window: index })),
            given: encoded && {
              latents: encoded,
              indexes: given!.indexes,
              sigma: request.augmentSigma ?? conditioning.augment_sigma,
              noise: (step, branch) => noise(dims, { purpose: 'condition', window: index, step, branch }),
            },
            hasMask: network.inputs.has('condition_mask'),
            unmarked: request.inputFramesGuidance ?? false,
          });
        },
      };
    },
  };
}
