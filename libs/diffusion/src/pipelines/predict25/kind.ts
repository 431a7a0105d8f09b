import { z } from 'zod';
import type { RenderRequest } from '../../request.ts';
import { clipFrames } from '../cosmos/frames.ts';
import { openNetwork, openPredict, planPredict } from '../cosmos/predict.ts';
import { cosmosPipelineShape, cosmosRopeSchema, readCosmos } from '../cosmos/settings.ts';
import { encodeCausal, givenFrames } from '../cosmos/window.ts';
import type { PipelineKind } from '../pipeline.ts';
import { predict25Denoiser, uniPcOf } from './denoiser.ts';

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

/**
 * Cosmos-Predict2.5 from text, an image or the end of a clip. A request's `overlapFrames` (1 or 5) are the frames that
 * are taken from its clip and from one window to the next.
 * Source: diffusers `pipeline_cosmos2_5_predict.py`.
 */
export const predict25: PipelineKind = (profile) => {
  const settings = readCosmos(profile, pipelineSchema, ['unipc']);
  const { latent, conditioning } = settings.pipeline;
  const { frames } = settings.native;
  const overlapOf = (request: RenderRequest) =>
    request.overlapFrames ?? conditioning.overlap_frames ?? 1 + latent.temporal;
  return {
    plan: (request) => planPredict(settings, request, { frames, overlap: overlapOf(request), fixed: false }),
    open: async (load) =>
      openPredict(settings, load, await openNetwork(settings, load), 1, async (at) => {
        const { request, before, vae, norm } = at;
        const size = at.plan.sampled;
        // A clip gives its last frames, however long it is.
        const clip = !before && request.video ? clipFrames(request.video, size, -overlapOf(request)) : before;
        const needs = { frames: at.window.frames, temporal: latent.temporal, keep: 1 };
        return predict25Denoiser({
          ...at.common,
          scheduler: uniPcOf(settings.scheduler, request),
          start: at.noise(at.dims, { purpose: 'latents', window: at.index }),
          given: await encodeCausal(givenFrames(request, size, needs, clip), vae, norm, latent.temporal),
          givenTime: conditioning.timestep,
        });
      }),
  };
};
