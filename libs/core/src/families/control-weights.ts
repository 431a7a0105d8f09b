import type { ControlPlan } from '../plan.ts';

/** Scales weights down so that they sum to 1 at most; smaller sums stay as they are. */
export function normaliseWeights<Media>(controls: readonly ControlPlan<Media>[]): ControlPlan<Media>[] {
  const sum = controls.reduce((total, { weight }) => total + weight, 0);
  return controls.map((control) => (sum > 1 ? { ...control, weight: control.weight / sum } : { ...control }));
}
