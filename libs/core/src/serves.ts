import { FarmError } from './errors.ts';
import type { RequestedPlan } from './plan.ts';
import type { Profile } from './profile.ts';

/** Refuses what a profile does not do, and says what it does. @throws FarmError unsupported_mode */
export function assertServes(profile: Profile, plan: RequestedPlan): void {
  const refuse = (what: string, list: readonly string[], param?: string) => {
    throw new FarmError(
      'unsupported_mode',
      `profile ${profile.id} does not serve ${what}; it serves ${list.join(', ')}`,
      param ? { param } : {},
    );
  };
  if (!profile.modes.includes(plan.mode)) refuse(plan.mode, profile.modes);
  if (!profile.families.includes(plan.family)) refuse(`${plan.family} requests`, profile.families);
  if (!profile.tiers.includes(plan.tier)) refuse(`tier ${plan.tier}`, profile.tiers, 'resolution');
  for (const { control } of plan.controls ?? []) {
    if (!profile.controls.includes(control)) refuse(`the control ${control}`, profile.controls, control);
  }
}
