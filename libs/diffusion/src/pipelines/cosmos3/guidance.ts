import { type GuidanceSettings, guidanceActive } from '../../models/guidance.ts';
import type { Scheduler } from '../../schedulers/scheduler.ts';
import { combine } from '../../tensor/math.ts';
import type { GuidedWindow } from '../guided.ts';

/** Places of the branches of a transfer render. */
export const FULL = 0;
export const UNCONDITIONAL = 1;
export const NO_CONTROL = 2;

/**
 * Nested guidance of transfer: first away from the prediction without controls, then away from the one without prompt,
 * `cc = nc + g (full - nc)`, `v = u + s (cc - u)`. Text guidance is off at scales up to 1, control guidance at 1.
 * Source: diffusers modular `cosmos/denoise.py`, Cosmos3TransferLoopDenoiser.
 */
export function nestedGuidance(
  settings: GuidanceSettings,
  scale: number,
  controlScale: number,
  scheduler: Scheduler,
): Pick<GuidedWindow, 'active' | 'mix'> {
  return {
    active(i) {
      const text = scale > 1 && guidanceActive(settings, scale, scheduler.sigmas[i]!);
      return [FULL, ...(text ? [UNCONDITIONAL] : []), ...(controlScale !== 1 ? [NO_CONTROL] : [])];
    },
    mix(_, predictions) {
      const full = predictions.get(FULL)!;
      const bare = predictions.get(NO_CONTROL);
      const unconditional = predictions.get(UNCONDITIONAL);
      const controlled = bare ? combine(controlScale, full, 1 - controlScale, bare) : full;
      return unconditional ? combine(scale, controlled, 1 - scale, unconditional) : controlled;
    },
  };
}
