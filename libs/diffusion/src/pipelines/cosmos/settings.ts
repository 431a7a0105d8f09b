import type { Profile } from '@worldfarm/core';
import { z } from 'zod';
import { ProfileError } from '../../errors.ts';
import { guidanceSchema } from '../../models/guidance.ts';
import { latentSchema } from '../../models/normalisation.ts';
import { validate } from '../../profile/read.ts';
import { type SchedulerConfig, schedulerSchema } from '../../schedulers/from-config.ts';
import { promptTokenizerSchema } from '../../tokenizer/prompt.ts';
import { stepCacheSchema } from '../step-cache.ts';

/** The part of `pipeline` that all exported Cosmos profiles have; infra/export/GRAPHS.md names the keys. */
export const cosmosPipelineShape = {
  source: z.object({ class: z.string() }).optional(),
  precision: z.string().optional(),
  guidance: guidanceSchema,
  step_cache: stepCacheSchema.optional(),
  latent: latentSchema,
  defaults: z.looseObject({ steps: z.int().positive(), guidance: z.number() }),
};

/** Rotary positions of CosmosTransformer3DModel. */
export const cosmosRopeSchema = z.object({
  type: z.literal('cosmos'),
  head_dim: z.int().positive(),
  scale: z.tuple([z.number(), z.number(), z.number()]),
  fps: z.boolean(),
  max_size: z.tuple([z.int(), z.int(), z.int()]),
  patch: z.tuple([z.literal(1), z.literal(2), z.literal(2)]),
  base_fps: z.number().positive().default(24),
});
export type CosmosRopeSettings = z.infer<typeof cosmosRopeSchema>;

/** What of a profile is the same whatever its pipeline. */
export interface CosmosSettings {
  readonly native: NonNullable<Profile['native']>;
  readonly modes: Profile['modes'];
  readonly controls: Profile['controls'];
}

export type SchedulerOf<T extends SchedulerConfig['type']> = Extract<SchedulerConfig, { type: T }>;

/**
 * Everything of a Cosmos profile: `pipeline` by its own schema, scheduler of one of the given kinds, and the rest.
 * @throws ProfileError naming the field of profile.json that is wrong or missing.
 */
export function readCosmos<P, T extends SchedulerConfig['type']>(
  profile: Profile,
  pipelineSchema: z.ZodType<P>,
  schedulers: readonly T[],
) {
  const file = 'profile.json';
  const pipeline = validate(file, pipelineSchema, profile.pipeline, 'pipeline');
  const scheduler = validate(file, schedulerSchema, profile.scheduler, 'scheduler');
  if (!(schedulers as readonly string[]).includes(scheduler.type)) {
    throw new ProfileError(file, `scheduler.type: ${scheduler.type} does not belong to this pipeline`);
  }
  if (!profile.native) throw new ProfileError(file, 'native: is missing');
  return {
    pipeline,
    scheduler: scheduler as SchedulerOf<T>,
    native: profile.native,
    modes: profile.modes,
    controls: profile.controls,
    components: profile.components,
    tokenizer: validate(file, promptTokenizerSchema, profile.tokenizer, 'tokenizer'),
  };
}
