import { z } from 'zod';
import { requestGuidance } from '../../models/guidance.ts';
import { normalisation } from '../../models/normalisation.ts';
import { graphTransformer } from '../../models/transformer.ts';
import { uniPcLevels } from '../../schedulers/from-config.ts';
import { flowLevels, uniPc } from '../../schedulers/unipc.ts';
import { clipFrames } from '../cosmos/frames.ts';
import { openAutoencoder, openPaddedText, PREDICT_BATCH, predictGraph } from '../cosmos/parts.ts';
import { alignedSize, checkRequest, renderPlan } from '../cosmos/plan.ts';
import { cosmosPipelineShape, cosmosRopeSchema, readCosmos } from '../cosmos/settings.ts';
import { encodeCausal, encodePrompts, givenFrames, latentDims, windowRope } from '../cosmos/window.ts';
import type { PartLoader, Pipeline, PipelineKind } from '../pipeline.ts';
import { planWindows } from '../windows.ts';
import { predict25Denoiser } from './denoiser.ts';

const pipelineSchema = z.strictObject({
  ...cosmosPipelineShape,
  type: z.literal('predict2.5'),
  rope: cosmosRopeSchema,
  conditioning: z
    .object({
      /** Flow time that given frames are said to have. */
      timestep: z.number().nonnegative().default(1e-4),
      overlap_frames: z.int().positive().optional(),
    })
    .prefault({}),
});

const read = (profile: Parameters<PipelineKind>[0]) => readCosmos(profile, pipelineSchema, ['unipc']);
type Settings = ReturnType<typeof read>;

/**
 * Cosmos-Predict2.5 from text, an image or the end of a clip. A request's `overlapFrames` (1 or 5) are the frames that
 * are taken from its clip and from one window to the next.
 * Source: diffusers `pipeline_cosmos2_5_predict.py`.
 */
export const predict25: PipelineKind = (profile) => {
  const settings = read(profile);
  const { latent, rope, conditioning } = settings.pipeline;
  const standard = conditioning.overlap_frames ?? 1 + latent.temporal;
  return {
    plan(request) {
      checkRequest(request, settings.modes, settings.controls);
      const cell = latent.spatial;
      const largest = { width: rope.max_size[2] * cell, height: rope.max_size[1] * cell };
      const overlap = request.overlapFrames ?? standard;
      const { frames } = settings.native;
      const windows = planWindows(request.frames, {
        frames,
        overlap,
        temporal: latent.temporal,
        fixed: false,
      });
      return renderPlan(request, alignedSize(request, cell * rope.patch[1], largest), windows);
    },
    open: (load) => open(settings, load, standard),
  };
};

async function open(settings: Settings, load: PartLoader, standard: number): Promise<Pipeline> {
  const { latent, rope, guidance, conditioning, step_cache } = settings.pipeline;
  const text = await openPaddedText(load, settings.tokenizer);
  const network = await load.component('transformer', predictGraph(latent.channels, rope.head_dim));
  const batch = guidance.batched ? PREDICT_BATCH : undefined;
  const transformer = graphTransformer(network, { output: 'sample', batch });
  const vae = await openAutoencoder(load, settings.components, latent);
  const norm = normalisation(latent);

  return {
    transformerSeconds: () => network.seconds,
    async begin(request, plan, noise) {
      const { prompts, warnings } = await encodePrompts(text, request);
      const levels = uniPcLevels(settings.scheduler, {
        shift: request.flowShift,
        sigmaMax: request.sigmaMax,
      });
      return {
        warnings,
        decode: (latents) => vae.decode(norm.toAutoencoder(latents)),
        async window(index, before) {
          const { frames } = plan.windows[index]!;
          const dims = latentDims(latent, frames, plan.sampled);
          const needs = { frames, temporal: latent.temporal, keep: 1 };
          const end = request.overlapFrames ?? standard;
          // A clip gives its last frames, however long it is.
          const clip = !before && request.video ? clipFrames(request.video, plan.sampled, -end) : before;
          const given = givenFrames(request, plan.sampled, needs, clip);
          return predict25Denoiser({
            transformer,
            scheduler: uniPc(flowLevels(request.steps, levels)),
            guidance: requestGuidance(guidance, request),
            scale: request.guidance,
            cache: step_cache,
            prompts: prompts.map(({ feeds }) => feeds),
            shared: windowRope(rope, dims, request.fps),
            start: noise(dims, { purpose: 'latents', window: index }),
            given: await encodeCausal(given, vae, norm, latent.temporal),
            givenTime: conditioning.timestep,
          });
        },
      };
    },
  };
}
