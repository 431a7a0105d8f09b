import type { Family } from '../modes.ts';
import { cosmos3 } from './cosmos3.ts';
import { cosmos3Generator } from './cosmos3-generator.ts';
import type { FamilySpec } from './family.ts';
import { predict1 } from './predict1.ts';
import { predict25 } from './predict2.5.ts';
import { transfer25 } from './transfer2.5.ts';

export { discriminateFamily } from './discriminate.ts';
export type { ClipInfo, FamilySpec, PlanContext, RenderOutcome, ReplyShape } from './family.ts';
export { readBody } from './read-body.ts';
export { schemaError } from './schema-errors.ts';

/** Every dialect that the gateway reads. */
export const families: Record<Family, FamilySpec> = {
  predict1,
  'predict2.5': predict25,
  'transfer2.5': transfer25,
  'cosmos3-generator': cosmos3Generator,
  cosmos3,
};
