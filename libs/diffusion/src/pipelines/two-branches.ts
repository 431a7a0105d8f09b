import { type GuidanceSettings, guidanceActive, guide } from '../models/guidance.ts';
import type { GuidedWindow } from './guided.ts';

/**
 * Which branches a step needs and how they mix, for plain guidance: branch 0 conditional, 1 unconditional.
 * @param levels the noise level of each step
 */
export function twoBranches(
  settings: GuidanceSettings,
  scale: number,
  levels: ArrayLike<number>,
): Pick<GuidedWindow, 'active' | 'mix'> {
  return {
    active: (i) => (guidanceActive(settings, scale, levels[i]!) ? [0, 1] : [0]),
    mix(_, predictions) {
      const unconditional = predictions.get(1);
      const conditional = predictions.get(0)!;
      return unconditional ? guide(settings.form, scale, conditional, unconditional) : conditional;
    },
  };
}
