import type { Feeds } from '../../models/transformer.ts';
import type { Scheduler } from '../../schedulers/scheduler.ts';
import { combine, scale } from '../../tensor/math.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { frameMask, frameTimes, withFrames } from '../cosmos/frames.ts';
import type { PredictWindow } from '../cosmos/predict.ts';
import { type Branch, guidedDenoiser } from '../guided.ts';
import type { Denoiser } from '../pipeline.ts';
import { twoBranches } from '../two-branches.ts';

export interface Predict2Window extends PredictWindow {
  /** Steps along `(x - x0) / sigma`. */
  readonly scheduler: Scheduler;
  /** Noise of the largest level, `[1, C, T, H, W]`. */
  readonly start: Tensor;
  readonly given: { readonly latents: Tensor; readonly indexes: readonly number[] } | undefined;
  /** Flow time of given frames. */
  readonly givenTime: number;
}

/** A rectified-flow network driven at EDM's noise levels: flow time is `sigma / (1 + sigma)`. */
export function predict2Denoiser(window: Predict2Window): Denoiser {
  const { scheduler, given, start } = window;
  const indexes = given?.indexes ?? [];
  const condition_mask = frameMask(start.dims, indexes);
  const time = (i: number) => scheduler.sigmas[i]! / (1 + scheduler.sigmas[i]!);

  const branch = (prompt: Feeds): Branch => ({
    feeds: (i, x) => ({
      ...prompt,
      ...window.shared,
      condition_mask,
      hidden_states: withFrames(scale(1 - time(i), x), indexes, given?.latents),
      timestep: frameTimes(start.dims[2]!, indexes, window.givenTime, time(i)),
    }),
    read(i, x, output) {
      const denoised = combine(1 - time(i), x, -time(i), output);
      return withFrames(denoised, indexes, given?.latents);
    },
  });

  const { active, mix } = twoBranches(window.guidance, window.scale, scheduler.sigmas);
  return guidedDenoiser({
    transformer: window.transformer,
    scheduler: {
      ...scheduler,
      step(i, x, denoised) {
        const sigma = scheduler.sigmas[i]!;
        return scheduler.step(i, x, combine(1 / sigma, x, -1 / sigma, denoised));
      },
    },
    start,
    cache: window.cache,
    branches: window.prompts.map(branch),
    active,
    mix,
  });
}
