import { z } from 'zod';
import type { EdmSettings } from './edm-euler.ts';
import type { FlowLevels } from './unipc.ts';

/**
 * The scheduler part of an exported profile: our name of the algorithm and diffusers' own configuration, of which only
 * the settings that the Cosmos checkpoints use are taken; any other value of a setting that matters is refused.
 */
const last = z.enum(['zero', 'sigma_min']);

const edmSchema = z.object({
  type: z.literal('edm-euler'),
  config: z.looseObject({
    sigma_min: z.number().positive(),
    sigma_max: z.number().positive(),
    sigma_data: z.number().positive(),
    rho: z.number().positive(),
    sigma_schedule: z.literal('karras'),
    prediction_type: z.literal('epsilon'),
    final_sigmas_type: last,
  }),
});

const flowMatchSchema = z.object({
  type: z.literal('flow-match-euler'),
  config: z.looseObject({
    use_karras_sigmas: z.boolean().nullish(),
    use_dynamic_shifting: z.literal(false).default(false),
    use_exponential_sigmas: z.literal(false).nullish(),
    use_beta_sigmas: z.literal(false).nullish(),
    invert_sigmas: z.literal(false).default(false),
    shift_terminal: z.null().optional(),
    stochastic_sampling: z.boolean().default(false),
    shift: z.number().positive().default(1),
    // diffusers' Cosmos2 pipelines register these on the scheduler themselves.
    sigma_min: z.number().positive().default(0.002),
    sigma_max: z.number().positive().default(80),
    sigma_data: z.number().positive().default(1),
    final_sigmas_type: last.default('sigma_min'),
  }),
});

const unipcSchema = z.object({
  type: z.literal('unipc'),
  config: z.looseObject({
    solver_order: z.literal(2),
    solver_type: z.literal('bh2'),
    predict_x0: z.literal(true),
    prediction_type: z.literal('flow_prediction'),
    use_flow_sigmas: z.literal(true),
    use_karras_sigmas: z.boolean().nullish(),
    use_exponential_sigmas: z.literal(false).nullish(),
    use_beta_sigmas: z.literal(false).nullish(),
    use_dynamic_shifting: z.literal(false).default(false),
    thresholding: z.literal(false).default(false),
    lower_order_final: z.literal(true),
    disable_corrector: z.array(z.number()).max(0).default([]),
    solver_p: z.null().optional(),
    shift_terminal: z.null().optional(),
    num_train_timesteps: z.int().positive(),
    flow_shift: z.number().positive().default(1),
    sigma_min: z.number().positive().nullish(),
    sigma_max: z.number().positive().nullish(),
    final_sigmas_type: z.literal('zero'),
  }),
});

export const schedulerSchema = z.discriminatedUnion('type', [edmSchema, flowMatchSchema, unipcSchema]);
export type SchedulerConfig = z.infer<typeof schedulerSchema>;
export type UniPcConfig = Extract<SchedulerConfig, { type: 'unipc' }>;

export function edmSettings(config: Extract<SchedulerConfig, { type: 'edm-euler' }>): EdmSettings {
  const { sigma_min, sigma_max, sigma_data, rho, final_sigmas_type } = config.config;
  return { sigmaMin: sigma_min, sigmaMax: sigma_max, sigmaData: sigma_data, rho, last: final_sigmas_type };
}

/**
 * Levels of a UniPC configuration; a request may override the shift or the largest Karras level.
 * `native` are the levels of Cosmos3 checkpoints with `use_native_flow_schedule`.
 */
export function uniPcLevels(
  { config }: UniPcConfig,
  override: {
    readonly shift?: number | undefined;
    readonly sigmaMax?: number | undefined;
    readonly native?: boolean;
  } = {},
): FlowLevels {
  if (config.use_karras_sigmas) {
    return {
      type: 'karras',
      sigmaMin: config.sigma_min ?? 0.01,
      sigmaMax: override.sigmaMax ?? config.sigma_max ?? 200,
    };
  }
  const smallest = 1 / config.num_train_timesteps;
  const range = override.native ? { from: 1 - smallest, to: 0 } : { from: 1, to: smallest };
  return { type: 'shift', shift: override.shift ?? config.flow_shift, ...range };
}
