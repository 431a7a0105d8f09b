import { combine } from '../tensor/math.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Euler steps of a rectified flow, `x_t = (1 - t) x_0 + t n`: the output is the velocity `n - x_0`.
 * Time is `s u / (1 + (s - 1) u)` for u from 1 to 0 in equal steps; a larger shift s spends more steps on noise.
 */
export function rectifiedFlow(steps: number, shift: number): Scheduler {
  const sigmas = Float64Array.from({ length: steps + 1 }, (_, i) => {
    const u = 1 - i / steps;
    return (shift * u) / (1 + (shift - 1) * u);
  });
  return {
    steps,
    sigmas,
    step: (i, x, velocity) => combine(1, x, Math.fround(sigmas[i + 1]! - sigmas[i]!), velocity),
    save: () => ({}),
    restore: () => {},
  };
}
