import { combine, linear } from '../tensor/math.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { karrasSigmas, withLast } from './karras.ts';
import type { Scheduler } from './scheduler.ts';

export interface FlowMatchOptions {
  /** Fresh standard normal values of step i: the step is then a stochastic one. */
  readonly noise?: (i: number, dims: readonly number[]) => Tensor;
}

/**
 * Euler steps along a derivative: `x += (sigma' - sigma) v`. With noise, as distilled models are sampled: the denoised
 * `x0 = x - sigma v` is noised again, `x = (1 - sigma') x0 + sigma' n`.
 * Source: diffusers `scheduling_flow_match_euler_discrete.py`.
 * @param sigmas the levels, the last one (that of the result) included
 */
export function flowMatchEuler(sigmas: Float64Array, options: FlowMatchOptions = {}): Scheduler {
  const { noise } = options;
  return {
    steps: sigmas.length - 1,
    sigmas,
    step(i, x, velocity) {
      const next = sigmas[i + 1]!;
      if (!noise) return combine(1, x, next - sigmas[i]!, velocity);
      return linear([
        [1 - next, x],
        [-(1 - next) * sigmas[i]!, velocity],
        [next, noise(i, x.dims)],
      ]);
    },
    save: () => ({}),
    restore: () => {},
  };
}

/** Karras levels whose last one is repeated, or followed by zero. */
export function karrasFlowSigmas(
  steps: number,
  { sigmaMin, sigmaMax, last }: { sigmaMin: number; sigmaMax: number; last: 'zero' | 'sigma_min' },
): Float64Array {
  const levels = karrasSigmas(steps, sigmaMin, sigmaMax);
  return withLast(levels, last === 'zero' ? 0 : levels[steps - 1]!);
}

/** Levels of a distilled model: its own list, shifted, then zero. */
export function distilledSigmas(list: readonly number[], shift: number): Float64Array {
  return withLast(
    Float64Array.from(list, (sigma) => (shift * sigma) / (1 + (shift - 1) * sigma)),
    0,
  );
}
