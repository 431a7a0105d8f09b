import type { Feeds, Transformer } from '../models/transformer.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Denoiser } from './pipeline.ts';
import { type StepCacheSettings, stepCache } from './step-cache.ts';

/** One of the predictions that guidance mixes. */
export interface Branch {
  /** What the graph is given at step i, for latents x. */
  feeds(i: number, x: Tensor): Feeds;
  /** What its output means: a velocity or a denoised sample, as the scheduler takes it. */
  read(i: number, x: Tensor, output: Tensor): Tensor;
}

/** The problem of one window. Branch 0 is the conditional one. */
export interface GuidedWindow {
  readonly transformer: Transformer;
  readonly scheduler: Scheduler;
  readonly start: Tensor;
  readonly branches: readonly Branch[];
  /** Numbers of the branches that step i needs. */
  active(i: number): readonly number[];
  /** The prediction that the scheduler gets. */
  mix(i: number, predictions: ReadonlyMap<number, Tensor>): Tensor;
  /** Puts given frames back after a step. */
  pin?(x: Tensor): Tensor;
  /** The last change before decoding. */
  finish?(x: Tensor): Tensor;
  readonly cache?: StepCacheSettings | undefined;
}

/** The loop that all pipelines share: evaluate the branches, mix them, step, pin. */
export function guidedDenoiser(window: GuidedWindow): Denoiser {
  const { transformer, scheduler, branches } = window;
  const cache = window.cache && stepCache(window.cache);
  const pin = window.pin ?? ((x: Tensor) => x);
  let x = window.start;

  function remembered(i: number, wanted: readonly number[]): Map<number, Tensor> | undefined {
    if (!cache?.skips(i, scheduler.steps, x)) return undefined;
    const found = new Map<number, Tensor>();
    for (const branch of wanted) {
      const prediction = cache.reuse(branch, x);
      if (!prediction) return undefined;
      found.set(branch, prediction);
    }
    return found;
  }

  return {
    steps: scheduler.steps,
    async step(i) {
      const wanted = window.active(i);
      let predictions = remembered(i, wanted);
      const computed = predictions === undefined;
      if (!predictions) {
        const outputs = await transformer.evaluate(wanted.map((branch) => branches[branch]!.feeds(i, x)));
        predictions = new Map(wanted.map((branch, n) => [branch, branches[branch]!.read(i, x, outputs[n]!)]));
        cache?.note(x, predictions);
      }
      x = pin(scheduler.step(i, x, window.mix(i, predictions)));
      return computed;
    },
    result: () => window.finish?.(x) ?? x,
    save: () => ({ ...scheduler.save(), ...cache?.save(), latents: x }),
    restore(saved) {
      scheduler.restore(saved);
      cache?.restore(saved);
      x = saved.latents!;
    },
  };
}
