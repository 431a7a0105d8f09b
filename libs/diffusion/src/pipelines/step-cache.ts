import { z } from 'zod';
import type { SavedTensors } from '../schedulers/scheduler.ts';
import { combine, meanAbs } from '../tensor/math.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';

/**
 * EasyCache: a step whose estimated change since the last evaluation is small reuses `input + (output - input)` of that
 * evaluation. It changes results, so it is off unless a profile asks for it and says what it costs.
 * Source: EasyCache, github.com/H-EmbodVis/EasyCache.
 */
export const stepCacheSchema = z.strictObject({
  type: z.literal('easycache'),
  /** Largest summed relative change that is skipped. The authors use 0.05. */
  threshold: z.number().positive(),
  /** Steps at the start that are always evaluated. */
  keep_first: z.int().min(2).default(5),
  /** What was measured against the same render without the cache. */
  quality: z.strictObject({ psnr: z.number(), skipped: z.number() }).optional(),
});
export type StepCacheSettings = z.infer<typeof stepCacheSchema>;

/** The state of the cache over one window. Numbers are kept as float32 so that a checkpoint holds them exactly. */
export interface StepCache {
  /** Decides for step i of `steps` from the latents alone. */
  skips(i: number, steps: number, latents: Tensor): boolean;
  /** The remembered prediction of a branch for these latents, if there is one. */
  reuse(branch: number, latents: Tensor): Tensor | undefined;
  /** Notes an evaluation: latents that went in and each branch's prediction. */
  note(latents: Tensor, predictions: ReadonlyMap<number, Tensor>): void;
  save(): SavedTensors;
  restore(saved: SavedTensors): void;
}

const number = (value: number) => tensor([1], Float32Array.of(value));

export function stepCache({ threshold, keep_first }: StepCacheSettings): StepCache {
  let offsets = new Map<number, Tensor>();
  let seen: Tensor | undefined; // latents of the step before
  let input: Tensor | undefined; // latents and conditional prediction of the last evaluation
  let output: Tensor | undefined;
  let rate = 0; // how much the prediction changes for a change of the latents
  let change = 0;

  return {
    skips(i, steps, latents) {
      const before = seen;
      seen = latents;
      if (!before || !output || i < keep_first || i === steps - 1) return false;
      change = Math.fround(change + (rate * meanAbs(latents, before)) / meanAbs(output));
      if (change < threshold) return true;
      change = 0;
      return false;
    },
    reuse(branch, latents) {
      const offset = offsets.get(branch);
      return offset && combine(1, latents, 1, offset);
    },
    note(latents, predictions) {
      const conditional = predictions.get(0)!;
      if (input && output) rate = Math.fround(meanAbs(conditional, output) / meanAbs(latents, input));
      input = latents;
      output = conditional;
      offsets = new Map([...predictions].map(([branch, x]) => [branch, combine(1, x, -1, latents)]));
    },
    save: () => ({
      ...(seen && { 'cache.seen': seen }),
      ...(input && { 'cache.input': input }),
      ...(output && { 'cache.output': output }),
      ...Object.fromEntries([...offsets].map(([branch, x]) => [`cache.offset.${branch}`, x])),
      'cache.rate': number(rate),
      'cache.change': number(change),
    }),
    restore(saved) {
      seen = saved['cache.seen'];
      input = saved['cache.input'];
      output = saved['cache.output'];
      rate = saved['cache.rate']?.data[0] ?? 0;
      change = saved['cache.change']?.data[0] ?? 0;
      const prefix = 'cache.offset.';
      offsets = new Map(
        Object.entries(saved)
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, x]) => [Number(name.slice(prefix.length)), x]),
      );
    },
  };
}
