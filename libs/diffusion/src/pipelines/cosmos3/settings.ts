import type { Profile } from '@worldfarm/core';
import { z } from 'zod';
import { cosmosPipelineShape, readCosmos } from '../cosmos/settings.ts';

const ropeSchema = z.object({
  type: z.literal('mrope'),
  head_dim: z.int().positive(),
  theta: z.number().positive(),
  section: z.tuple([z.int(), z.int(), z.int()]),
  /** Positions between the text and the first frame. */
  margin: z.int().nonnegative(),
  base_fps: z.number().positive(),
  fps_modulation: z.boolean(),
  temporal: z.int().positive(),
});

const pipelineSchema = z.strictObject({
  ...cosmosPipelineShape,
  type: z.literal('cosmos3'),
  rope: ropeSchema,
  conditioning: z.looseObject({}).optional(),
  /** Noise levels from 1 - 1/1000 to 0 before the shift, instead of 1 to 1/1000. */
  use_native_flow_schedule: z.boolean().default(false),
  /** False: the chat template has no system line for the task. */
  use_system_prompt: z.boolean().default(true),
  /** Noise levels of a distilled model, which has guidance in its weights. */
  distilled_sigmas: z.array(z.number().positive()).min(1).nullish(),
});

export type Cosmos3Settings = ReturnType<typeof readCosmos3>;
export type Cosmos3Rope = z.infer<typeof ropeSchema>;

export const readCosmos3 = (profile: Profile) =>
  readCosmos(profile, pipelineSchema, ['unipc', 'flow-match-euler']);
