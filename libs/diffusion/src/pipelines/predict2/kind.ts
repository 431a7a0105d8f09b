import { z } from 'zod';
import { flowMatchEuler, karrasFlowSigmas } from '../../schedulers/flow-match-euler.ts';
import { scale } from '../../tensor/math.ts';
import { openNetwork, openPredict, planPredict } from '../cosmos/predict.ts';
import { cosmosPipelineShape, cosmosRopeSchema, readCosmos } from '../cosmos/settings.ts';
import { encodeCausal, givenFrames } from '../cosmos/window.ts';
import type { PipelineKind } from '../pipeline.ts';
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

/** Cosmos-Predict2 Video2World over Wan latents. Source: diffusers `pipeline_cosmos2_video2world.py`. */
export const predict2: PipelineKind = (profile) => {
  const settings = readCosmos(profile, pipelineSchema, ['flow-match-euler']);
  const { latent, conditioning } = settings.pipeline;
  const { sigma_min, sigma_max, sigma_data, final_sigmas_type } = settings.scheduler.config;
  const overlap = conditioning.overlap_frames ?? 1 + latent.temporal;
  return {
    plan: (request) =>
      planPredict(settings, request, { frames: settings.native.frames, overlap, fixed: false }),
    open: async (load) =>
      openPredict(settings, load, await openNetwork(settings, load), sigma_data, async (at) => {
        const { request, dims, noise, vae, norm } = at;
        const needs = { frames: at.window.frames, temporal: latent.temporal, keep: overlap };
        const given = givenFrames(request, at.plan.sampled, needs, at.before);
        const sigmaMax = request.sigmaMax ?? sigma_max;
        const levels = { sigmaMin: sigma_min, sigmaMax, last: final_sigmas_type };
        return predict2Denoiser({
          ...at.common,
          scheduler: flowMatchEuler(karrasFlowSigmas(request.steps, levels)),
          start: scale(sigmaMax, noise(dims, { purpose: 'latents', window: at.index })),
          given: await encodeCausal(given, vae, norm, latent.temporal, at.draw()),
          givenTime: conditioning.sigma_conditioning / (1 + conditioning.sigma_conditioning),
        });
      }),
  };
};
