import { z } from 'zod';
import { combine } from '../tensor/math.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Two conventions are in use for classifier-free guidance with scale s, conditional c and unconditional u:
 * `u+s(c-u)` leaves c alone at 1 (Cosmos3); `c+s(c-u)` at 0 (Predict1, 2, 2.5 and Transfer2.5).
 */
export const guidanceFormSchema = z.enum(['u+s(c-u)', 'c+s(c-u)']);
export type GuidanceForm = z.infer<typeof guidanceFormSchema>;

/** True when the scale makes the unconditional branch count. */
export function needsUnconditional(form: GuidanceForm, scale: number): boolean {
  return scale !== (form === 'u+s(c-u)' ? 1 : 0);
}

/** The guided prediction. */
export function guide(form: GuidanceForm, scale: number, conditional: Tensor, unconditional: Tensor): Tensor {
  const weight = form === 'u+s(c-u)' ? scale : scale + 1;
  return combine(weight, conditional, 1 - weight, unconditional);
}
