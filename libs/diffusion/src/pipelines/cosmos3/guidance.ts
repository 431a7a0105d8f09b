import { combine } from '../../tensor/math.ts';
import type { GuidedWindow } from '../guided.ts';

/** Places of the branches of a transfer render. */
export const FULL = 0;
export const UNCONDITIONAL = 1;
export const NO_CONTROL = 2;

/** A guidance scale and the noise levels between which it applies. */
export interface Nested {
  readonly scale: number;
  readonly interval: readonly [number, number] | undefined;
}

/**
 * Nested guidance of transfer: first away from the prediction without controls, then away from the one without prompt,
 * `cc = nc + g (full - nc)`, `v = u + s (cc - u)`. Text guidance is off at scales up to 1, control guidance at 1.
 * Source: diffusers modular `cosmos/denoise.py`, Cosmos3TransferLoopDenoiser.
 */
export function nestedGuidance(
  text: Nested,
  control: Nested,
  levels: readonly number[],
): Pick<GuidedWindow, 'active' | 'mix'> {
  const at = ({ scale, interval }: Nested, i: number) =>
    !interval || (levels[i]! >= interval[0] && levels[i]! <= interval[1]) ? scale : 1;
  return {
    active(i) {
      return [
        FULL,
        ...(at(text, i) > 1 ? [UNCONDITIONAL] : []),
        ...(at(control, i) !== 1 ? [NO_CONTROL] : []),
      ];
    },
    mix(_, predictions) {
      const full = predictions.get(FULL)!;
      const bare = predictions.get(NO_CONTROL);
      const unconditional = predictions.get(UNCONDITIONAL);
      const controlled = bare ? combine(control.scale, full, 1 - control.scale, bare) : full;
      return unconditional ? combine(text.scale, controlled, 1 - text.scale, unconditional) : controlled;
    },
  };
}
