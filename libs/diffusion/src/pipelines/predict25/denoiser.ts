import type { Feeds } from '../../models/transformer.ts';
import type { RenderRequest } from '../../request.ts';
import { uniPcLevels } from '../../schedulers/from-config.ts';
import type { Scheduler } from '../../schedulers/scheduler.ts';
import { flowLevels, uniPc } from '../../schedulers/unipc.ts';
import { combine } from '../../tensor/math.ts';
import { slice } from '../../tensor/slice.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { frameMask, frameTimes, withFrames } from '../cosmos/frames.ts';
import type { PredictWindow } from '../cosmos/predict.ts';
import type { SchedulerOf } from '../cosmos/settings.ts';
import { type Branch, guidedDenoiser } from '../guided.ts';
import type { Denoiser } from '../pipeline.ts';
import { twoBranches } from '../two-branches.ts';

export interface Predict25Window extends PredictWindow {
  readonly scheduler: Scheduler;
  /** `[1, C, T, H, W]` */
  readonly start: Tensor;
  readonly given: { readonly latents: Tensor; readonly indexes: readonly number[] } | undefined;
  readonly givenTime: number;
}

/** UniPC along the levels that the profile and the request ask for. */
export function uniPcOf(config: SchedulerOf<'unipc'>, request: RenderRequest): Scheduler {
  const levels = uniPcLevels(config, { shift: request.flowShift, sigmaMax: request.sigmaMax });
  return uniPc(flowLevels(request.steps, levels));
}

/**
 * Flow velocity with given frames: the network sees them clean, at a time of their own, and their velocity is replaced
 * by the one that leads from their noise to them. Predict2.5 and Transfer2.5 share it.
 */
export function predict25Denoiser(window: Predict25Window): Denoiser {
  const { scheduler, given, start } = window;
  const indexes = given?.indexes ?? [];
  const condition_mask = frameMask(start.dims, indexes);
  const known = given && indexes.length > 0 ? slice(given.latents, 2, 0, indexes.length) : undefined;
  const truth = known && combine(1, slice(start, 2, 0, indexes.length), -1, known);

  const branch = (prompt: Feeds): Branch => ({
    feeds: (i, x) => ({
      ...prompt,
      ...window.shared,
      condition_mask,
      hidden_states: withFrames(x, indexes, known),
      timestep: frameTimes(start.dims[2]!, indexes, window.givenTime, scheduler.sigmas[i]!),
    }),
    read: (_i, _x, velocity) => withFrames(velocity, indexes, truth),
  });

  return guidedDenoiser({
    transformer: window.transformer,
    scheduler,
    start,
    cache: window.cache,
    branches: window.prompts.map(branch),
    ...twoBranches(window.guidance, window.scale, scheduler.sigmas),
  });
}
