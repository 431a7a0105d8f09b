import { FarmError } from '../errors.ts';
import type { RequestedPlan } from '../plan.ts';
import type { FamilySpec, PlanContext } from './family.ts';
import { schemaError } from './schema-errors.ts';

/**
 * Reads an infer body in one dialect: checks it and plans the render.
 *
 * @throws FarmError with the family's refusal type, naming the field; `body_too_large` for media over its limit
 */
export function readBody(spec: FamilySpec, body: unknown, context: PlanContext): RequestedPlan {
  const result = spec.schema.safeParse(body);
  if (!result.success) throw schemaError(result.error, spec.refusal, spec.renamed);
  try {
    return spec.plan(result.data, context);
  } catch (error) {
    // Media texts are read by the planner; a text that is no media is a refused parameter of this dialect.
    if (error instanceof FarmError && error.type === 'invalid_request' && spec.refusal !== error.type) {
      throw new FarmError(spec.refusal, error.message, { param: error.param, cause: error });
    }
    throw error;
  }
}
