import { type GuidanceSettings, guidanceActive, guide } from '../models/guidance.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import type { GuidedWindow } from './guided.ts';

/** Which branches a step needs and how they mix, for plain guidance: branch 0 conditional, 1 unconditional. */
export function twoBranches(
  settings: GuidanceSettings,
  scale: number,
  scheduler: Scheduler,
): Pick<GuidedWindow, 'active' | 'mix'> {
  return {
    active: (i) => (guidanceActive(settings, scale, scheduler.sigmas[i]!) ? [0, 1] : [0]),
    mix(_, predictions) {
      const unconditional = predictions.get(1);
      const conditional = predictions.get(0)!;
      return unconditional ? guide(settings.form, scale, conditional, unconditional) : conditional;
    },
  };
}
