import { precondition } from '../../schedulers/edm-euler.ts';
import type { Scheduler } from '../../schedulers/scheduler.ts';
import { combine, linear, scale } from '../../tensor/math.ts';
import { full, type Tensor } from '../../tensor/tensor.ts';
import { frameMask, withFrames } from '../cosmos/frames.ts';
import type { PredictWindow } from '../cosmos/predict.ts';
import { type Branch, guidedDenoiser } from '../guided.ts';
import type { Denoiser } from '../pipeline.ts';
import { twoBranches } from '../two-branches.ts';

export interface Predict1Window extends PredictWindow {
  readonly scheduler: Scheduler;
  readonly sigmaData: number;
  /** Noise of the largest level, `[1, C, T, H, W]`. */
  readonly start: Tensor;
  readonly given:
    | {
        readonly latents: Tensor;
        readonly indexes: readonly number[];
        /** Level of the noise that given frames carry. */
        readonly sigma: number;
        noise(step: number, branch: number): Tensor;
      }
    | undefined;
  /** Text2World networks have no channel that marks given frames. */
  readonly hasMask: boolean;
  /** The unconditional branch is not told which frames are given. */
  readonly unmarked: boolean;
}

export function predict1Denoiser(window: Predict1Window): Denoiser {
  const { scheduler, sigmaData, given, start } = window;
  const frames = start.dims[2]!;
  const mask = (number: number) =>
    window.hasMask && {
      condition_mask: frameMask(start.dims, number === 1 && window.unmarked ? [] : (given?.indexes ?? [])),
    };
  // Below their own noise level given frames are sampled like all others.
  const indexesAt = (i: number) => (given && given.sigma < scheduler.sigmas[i]! ? given.indexes : []);

  /** Given frames with fresh noise, on the scale that the network's input scaling of this step undoes. */
  function noisedFrames(i: number, branch: number): Tensor | undefined {
    if (!given) return undefined;
    const ratio =
      precondition(given.sigma, sigmaData).input / precondition(scheduler.sigmas[i]!, sigmaData).input;
    return scale(ratio, combine(1, given.latents, given.sigma, given.noise(i, branch)));
  }

  const branch = (number: number, marked = mask(number)): Branch => ({
    feeds(i, x) {
      const { input, noise } = precondition(scheduler.sigmas[i]!, sigmaData);
      return {
        ...window.prompts[number]!,
        ...window.shared,
        ...marked,
        hidden_states: scale(input, withFrames(x, indexesAt(i), noisedFrames(i, number))),
        timestep: full([1, frames], noise),
      };
    },
    read(i, x, output) {
      const { skip, output: out } = precondition(scheduler.sigmas[i]!, sigmaData);
      const denoised = linear([
        [skip, x],
        [out, output],
      ]);
      return withFrames(denoised, indexesAt(i), given?.latents);
    },
  });

  return guidedDenoiser({
    transformer: window.transformer,
    scheduler,
    start,
    cache: window.cache,
    branches: [branch(0), branch(1)],
    ...twoBranches(window.guidance, window.scale, scheduler.sigmas),
  });
}
