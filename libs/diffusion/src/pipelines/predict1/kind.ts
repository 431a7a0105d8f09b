import { z } from 'zod';
import { edmEuler } from '../../schedulers/edm-euler.ts';
import { edmSettings } from '../../schedulers/from-config.ts';
import { scale } from '../../tensor/math.ts';
import { extend } from '../cosmos/frames.ts';
import { refuseLonger } from '../cosmos/plan.ts';
import { openNetwork, openPredict, planPredict } from '../cosmos/predict.ts';
import { cosmosPipelineShape, cosmosRopeSchema, readCosmos } from '../cosmos/settings.ts';
import { givenFrames } from '../cosmos/window.ts';
import type { PipelineKind } from '../pipeline.ts';
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

/**
 * Cosmos-Predict1 Text2World and Video2World: EDM sampling of a network over KLCosmos latents.
 * Source: diffusers `pipeline_cosmos_text2world.py`, `pipeline_cosmos_video2world.py`.
 */
export const predict1: PipelineKind = (profile) => {
  const settings = readCosmos(profile, pipelineSchema, ['edm-euler']);
  const { latent, type, conditioning } = settings.pipeline;
  const overlap = conditioning.overlap_frames ?? 1 + latent.temporal;
  const edm = edmSettings(settings.scheduler);
  return {
    plan(request) {
      const plan = planPredict(settings, request, { frames: settings.native.frames, overlap, fixed: false });
      if (type === 'predict1-text2world') refuseLonger(request, settings.native);
      return plan;
    },
    async open(load) {
      const networks = await openNetwork(settings, load);
      const hasMask = networks.session.inputs.has('condition_mask');
      return openPredict(settings, load, networks, edm.sigmaData, async (at) => {
        const { request, plan, index, window, dims, noise, vae, norm } = at;
        const { frames } = window;
        const needs = { frames, temporal: latent.temporal, keep: overlap };
        const given = givenFrames(request, plan.sampled, needs, at.before);
        // The autoencoder looks at whole windows, so the rest is filled, with grey, as the model was trained.
        const encoded = given && norm.toSampler(await vae.encode(extend(given.video, frames, 0)));
        const sigmaMax = request.sigmaMax ?? edm.sigmaMax;
        return predict1Denoiser({
          ...at.common,
          scheduler: edmEuler(request.steps, { ...edm, sigmaMax }),
          sigmaData: edm.sigmaData,
          start: scale(sigmaMax, noise(dims, { purpose: 'latents', window: index })),
          given: encoded && {
            latents: encoded,
            indexes: given!.indexes,
            sigma: request.augmentSigma ?? conditioning.augment_sigma,
            noise: (step, branch) => noise(dims, { purpose: 'condition', window: index, step, branch }),
          },
          hasMask,
          unmarked: request.inputFramesGuidance ?? false,
        });
      });
    },
  };
};
