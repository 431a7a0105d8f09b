import type { Family } from '../modes.ts';
import { cosmos3Generator } from './cosmos3-generator.ts';
import type { FamilySpec } from './family.ts';
import { predict1 } from './predict1.ts';

export { discriminateFamily } from './discriminate.ts';
export type { FamilySpec, PlanContext, RenderOutcome, ReplyShape } from './family.ts';

/** Every dialect that the gateway reads. */
export const families: Partial<Record<Family, FamilySpec>> = {
  predict1,
  'cosmos3-generator': cosmos3Generator,
};
