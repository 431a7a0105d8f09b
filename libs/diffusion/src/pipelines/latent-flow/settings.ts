import type { Profile } from '@worldfarm/core';
import { z } from 'zod';
import { ProfileError } from '../../errors.ts';
import { guidanceSchema } from '../../models/guidance.ts';
import { validate } from '../../profile/read.ts';
import { stepCacheSchema } from '../step-cache.ts';

const pipelineSchema = z.strictObject({
  type: z.literal('latent-flow'),
  guidance: guidanceSchema,
  step_cache: stepCacheSchema.optional(),
  latent: z.strictObject({
    channels: z.int().positive(),
    /** Pixels per latent cell on each side. */
    spatial: z.int().positive(),
    /** Frames per latent frame after the first. */
    temporal: z.int().positive(),
  }),
  /** Frames of a window that the next one is conditioned on, `1 + k * temporal`. */
  overlap: z.int().positive().default(1),
  /** True: every window has the native length, and what is too much is cut. */
  fixed_length: z.boolean().default(true),
  defaults: z.strictObject({ steps: z.int().positive(), guidance: z.number() }),
});

const schedulerSchema = z.strictObject({ type: z.literal('rectified-flow'), shift: z.number().positive() });

const tokenizerSchema = z.strictObject({
  file: z.string(),
  max_length: z.int().positive(),
  pad_id: z.int().nonnegative(),
});

export type LatentFlowSettings = ReturnType<typeof readSettings>;

/** @throws ProfileError naming the field of profile.json that is wrong or missing. */
export function readSettings(profile: Profile) {
  const file = 'profile.json';
  const pipeline = validate(file, pipelineSchema, profile.pipeline, 'pipeline');
  if (!profile.native) throw new ProfileError(file, 'native: is missing');
  const { spatial, temporal } = pipeline.latent;
  for (const frames of [profile.native.frames, pipeline.overlap]) {
    if (frames % temporal !== 1) throw new ProfileError(file, `${frames} frames are not 1 + k * ${temporal}`);
  }
  for (const { width, height } of profile.native.sizes) {
    if (width % spatial || height % spatial) {
      throw new ProfileError(file, `native.sizes: ${width}x${height} is not a multiple of ${spatial}`);
    }
  }
  return {
    ...pipeline,
    native: profile.native,
    modes: profile.modes,
    controls: profile.controls,
    /** Controls that a network of the profile makes from a clip. */
    mapMakers: profile.controls.filter((kind) => kind in profile.components),
    scheduler: validate(file, schedulerSchema, profile.scheduler, 'scheduler'),
    tokenizer: validate(file, tokenizerSchema, profile.tokenizer, 'tokenizer'),
  };
}
