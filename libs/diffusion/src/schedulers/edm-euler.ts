import { linear } from '../tensor/math.ts';
import { karrasSigmas, withLast } from './karras.ts';
import type { Scheduler } from './scheduler.ts';

export interface EdmSettings {
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  readonly sigmaData: number;
  readonly rho: number;
  /** The level of the result: zero, or the smallest level once more (then the last step changes nothing). */
  readonly last: 'zero' | 'sigma_min';
}

/** How a network that was trained on scaled inputs is wrapped, at noise level sigma. Source: arXiv 2206.00364, table 1. */
export interface Preconditioning {
  readonly input: number;
  readonly skip: number;
  readonly output: number;
  readonly noise: number;
}

export function precondition(sigma: number, sigmaData: number): Preconditioning {
  const total = sigma ** 2 + sigmaData ** 2;
  return {
    input: 1 / Math.sqrt(total),
    skip: sigmaData ** 2 / total,
    output: (sigma * sigmaData) / Math.sqrt(total),
    noise: 0.25 * Math.log(sigma),
  };
}

/**
 * Euler steps of EDM: `x += (sigma' - sigma) (x - x0) / sigma`. The output is the denoised sample x0.
 * Sources: arXiv 2206.00364, algorithm 1 without noise; diffusers `scheduling_edm_euler.py`.
 */
export function edmEuler(steps: number, settings: EdmSettings): Scheduler {
  const levels = karrasSigmas(steps, settings.sigmaMin, settings.sigmaMax, settings.rho);
  const sigmas = withLast(levels, settings.last === 'zero' ? 0 : levels[steps - 1]!);
  return {
    steps,
    sigmas,
    step(i, x, denoised) {
      const slope = (sigmas[i + 1]! - sigmas[i]!) / sigmas[i]!;
      return linear([
        [1 + slope, x],
        [-slope, denoised],
      ]);
    },
    save: () => ({}),
    restore: () => {},
  };
}
