import type { NoiseSource } from '../../noise/normal.ts';
import type { RenderRequest } from '../../request.ts';
import { distilledSigmas, flowMatchEuler } from '../../schedulers/flow-match-euler.ts';
import { uniPcLevels } from '../../schedulers/from-config.ts';
import type { Scheduler } from '../../schedulers/scheduler.ts';
import { flowLevels, uniPc, wholeTimesteps } from '../../schedulers/unipc.ts';
import { ProfileError } from '../../errors.ts';
import type { Cosmos3Settings } from './settings.ts';

export interface Cosmos3Schedule {
  readonly scheduler: Scheduler;
  /** What the network is told at each step: whole timesteps, but for distilled models. */
  readonly timesteps: readonly number[];
}

/** @throws ProfileError when a distilled list and the scheduler do not belong together, or guidance is to be batched. */
export function checkSchedule({ pipeline, scheduler }: Cosmos3Settings): void {
  if (pipeline.guidance.batched) {
    throw new ProfileError('profile.json', 'pipeline.guidance.batched: prompts of Cosmos3 differ in length');
  }
  const distilled = pipeline.distilled_sigmas != null;
  if (distilled !== (scheduler.type === 'flow-match-euler')) {
    throw new ProfileError('profile.json', `scheduler.type: ${scheduler.type} does not fit distilled_sigmas`);
  }
}

export function cosmos3Schedule(
  settings: Cosmos3Settings,
  request: RenderRequest,
  window: number,
  noise: NoiseSource,
): Cosmos3Schedule {
  const { scheduler, pipeline } = settings;
  if (scheduler.type === 'unipc') {
    const levels = uniPcLevels(scheduler, {
      shift: request.flowShift,
      native: pipeline.use_native_flow_schedule,
    });
    const { num_train_timesteps: train } = scheduler.config;
    return {
      scheduler: uniPc(flowLevels(request.steps, levels)),
      timesteps: wholeTimesteps(request.steps, levels, train),
    };
  }
  const sigmas = distilledSigmas(pipeline.distilled_sigmas!, request.flowShift ?? scheduler.config.shift);
  const fresh = (step: number, dims: readonly number[]) => noise(dims, { purpose: 'step', window, step });
  return {
    scheduler: flowMatchEuler(sigmas, scheduler.config.stochastic_sampling ? { noise: fresh } : {}),
    timesteps: Array.from(sigmas.subarray(0, -1), (sigma) => Math.fround(sigma * 1000)),
  };
}
