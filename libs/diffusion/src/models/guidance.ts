import { z } from 'zod';
import { combine } from '../tensor/math.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Two conventions are in use for classifier-free guidance with scale s, conditional c and unconditional u:
 * `u+s(c-u)` leaves c alone at 1 (Cosmos3); `c+s(c-u)` at 0 (Predict1, 2, 2.5 and Transfer2.5).
 */
const formSchema = z.enum(['u+s(c-u)', 'c+s(c-u)']);
export type GuidanceForm = z.infer<typeof formSchema>;

export const guidanceSchema = z.strictObject({
  form: formSchema,
  /**
   * Noise levels between which guidance applies; outside, the conditional prediction is taken alone (arXiv 2404.07724).
   * Everywhere when absent.
   */
  interval: z.tuple([z.number(), z.number()]).optional(),
  /** Both branches in one evaluation of batch 2. Faster on some devices, twice the memory. */
  batched: z.boolean().default(false),
});
export type GuidanceSettings = z.infer<typeof guidanceSchema>;

/**
 * True when the unconditional branch counts at noise level `sigma`. The reference pipelines of the form `c+s(c-u)` turn
 * guidance off at scales up to 1, and so do we, although the formula would allow them.
 */
export function guidanceActive(settings: GuidanceSettings, scale: number, sigma: number): boolean {
  const [low, high] = settings.interval ?? [0, Number.POSITIVE_INFINITY];
  const counts = settings.form === 'u+s(c-u)' ? scale !== 1 : scale > 1;
  return counts && sigma >= low && sigma <= high;
}

/** The profile's settings with what a request changes of them. */
export function requestGuidance(
  settings: GuidanceSettings,
  request: { readonly guidanceInterval?: readonly [number, number] | undefined },
): GuidanceSettings {
  const [low, high] = request.guidanceInterval ?? [];
  return low === undefined ? settings : { ...settings, interval: [low, high!] };
}

/** The guided prediction. */
export function guide(form: GuidanceForm, scale: number, conditional: Tensor, unconditional: Tensor): Tensor {
  const weight = form === 'u+s(c-u)' ? scale : scale + 1;
  return combine(weight, conditional, 1 - weight, unconditional);
}
