import { linear } from '../tensor/math.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { karrasSigmas, withLast } from './karras.ts';
import type { SavedTensors, Scheduler } from './scheduler.ts';

/** Levels of a flow in (0, 1): Karras levels k as `k / (1 + k)`, or equal steps moved by a shift. */
export type FlowLevels =
  | { readonly type: 'karras'; readonly sigmaMin: number; readonly sigmaMax: number }
  | {
      readonly type: 'shift';
      readonly shift: number;
      /** Where the equal steps begin and end; the end itself is not one of them. */
      readonly from: number;
      readonly to: number;
    };

/** Keeps `ln((1 - sigma) / sigma)` finite at pure noise. */
const BELOW_ONE = 1e-6;

function rawLevels(steps: number, levels: FlowLevels): Float64Array {
  const sigmas =
    levels.type === 'karras'
      ? karrasSigmas(steps, levels.sigmaMin, levels.sigmaMax).map((k) => k / (1 + k))
      : Float64Array.from({ length: steps }, (_, i) => {
          const u = levels.from + i * ((levels.to - levels.from) / steps);
          return (levels.shift * u) / (1 + (levels.shift - 1) * u);
        });
  if (Math.abs(sigmas[0]! - 1) < BELOW_ONE) sigmas[0]! -= BELOW_ONE;
  return sigmas;
}

/** `steps` levels as float32, and zero, the level of the result. */
export function flowLevels(steps: number, levels: FlowLevels): Float64Array {
  return withLast(rawLevels(steps, levels), 0);
}

/** Whole timesteps of models that count in `trainSteps`: cut, not rounded, and taken before rounding to float32. */
export function wholeTimesteps(steps: number, levels: FlowLevels, trainSteps: number): number[] {
  return Array.from(rawLevels(steps, levels), (sigma) => Math.trunc(sigma * trainSteps));
}

/**
 * UniPC of order 2 (variant bh2) on denoised samples of a rectified flow, alpha = 1 - sigma; the output is the velocity.
 * Each step corrects the last one with the new evaluation, then predicts; first and last step are of order 1.
 * Sources: Zhao et al. 2023, arXiv 2302.04867; diffusers `scheduling_unipc_multistep.py`.
 */
export function uniPc(sigmas: Float64Array): Scheduler {
  const steps = sigmas.length - 1;
  const lambda = (i: number) => Math.log((1 - sigmas[i]!) / sigmas[i]!);
  let last: Tensor | undefined; // the corrected latents of the step before
  let m1: Tensor | undefined; // denoised samples of the last two steps
  let m2: Tensor | undefined;

  function correct(i: number, denoised: Tensor): Tensor {
    const h = lambda(i) - lambda(i - 1);
    const phi = Math.expm1(-h);
    const alpha = 1 - sigmas[i]!;
    const base: [number, Tensor][] = [
      [sigmas[i]! / sigmas[i - 1]!, last!],
      [-alpha * phi, m1!],
    ];
    if (i === 1) {
      const half = -0.5 * alpha * phi;
      return linear([...base, [half, denoised], [-half, m1!]]);
    }
    const r = (lambda(i - 2) - lambda(i - 1)) / h;
    const first = (phi / -h - 1) / phi;
    const second = (2 * ((phi / -h - 1) / -h - 0.5)) / phi;
    // Solves [[1, 1], [r, 1]] rho = [first, second].
    const rho0 = (second - first) / (r - 1);
    const rho1 = first - rho0;
    const back = (-alpha * phi * rho0) / r;
    const fresh = -alpha * phi * rho1;
    return linear([...base, [back, m2!], [-back, m1!], [fresh, denoised], [-fresh, m1!]]);
  }

  function predict(i: number, x: Tensor, denoised: Tensor): Tensor {
    const next = sigmas[i + 1]!;
    // The last step is of order 1, and at level zero that leaves the denoised sample.
    if (next === 0) return denoised;
    const h = lambda(i + 1) - lambda(i);
    const phi = Math.expm1(-h);
    const alpha = 1 - next;
    const base: [number, Tensor][] = [
      [next / sigmas[i]!, x],
      [-alpha * phi, denoised],
    ];
    if (i === 0) return linear(base);
    const r = (lambda(i - 1) - lambda(i)) / h;
    const back = (-0.5 * alpha * phi) / r;
    return linear([...base, [back, m1!], [-back, denoised]]);
  }

  return {
    steps,
    sigmas,
    step(i, x, velocity) {
      const denoised = linear([
        [1, x],
        [-sigmas[i]!, velocity],
      ]);
      const corrected = i > 0 ? correct(i, denoised) : x;
      const result = predict(i, corrected, denoised);
      last = corrected;
      m2 = m1;
      m1 = denoised;
      return result;
    },
    save: (): SavedTensors => ({ ...(last && { last }), ...(m1 && { m1 }), ...(m2 && { m2 }) }),
    restore(saved) {
      ({ last, m1, m2 } = saved);
    },
  };
}
