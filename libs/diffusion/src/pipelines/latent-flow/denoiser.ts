import type { GuidanceSettings } from '../../models/guidance.ts';
import type { Feeds, Transformer } from '../../models/transformer.ts';
import type { Scheduler } from '../../schedulers/scheduler.ts';
import { paste } from '../../tensor/slice.ts';
import { clone, full, type Tensor, tensor } from '../../tensor/tensor.ts';
import { guidedDenoiser } from '../guided.ts';
import type { Denoiser } from '../pipeline.ts';
import type { StepCacheSettings } from '../step-cache.ts';
import { twoBranches } from '../two-branches.ts';

export interface LatentFlowWindow {
  readonly transformer: Transformer;
  readonly scheduler: Scheduler;
  readonly guidance: GuidanceSettings;
  readonly scale: number;
  /** Text states of the prompt and of the negative prompt, as the transformer takes them. */
  readonly texts: readonly [conditional: Feeds, unconditional: Feeds];
  /** What both get: the frame rate, and controls where the network has them. */
  readonly shared: Feeds;
  /** `[1, T, C, h, w]` */
  readonly noise: Tensor;
  /** Given latent frames, the first of the window. */
  readonly known: Tensor | undefined;
  readonly cache: StepCacheSettings | undefined;
}

/** The loop of one window: velocity with guidance, Euler step, and at the end the given frames put back. */
export function latentFlowDenoiser(window: LatentFlowWindow): Denoiser {
  const { transformer, scheduler, guidance, scale, noise, known, cache } = window;
  const [, frames, , h, w] = noise.dims as [number, number, number, number, number];
  const condition_latents = tensor(noise.dims);
  const condition_mask = tensor([1, frames, 1, h, w]);
  if (known) {
    paste(condition_latents, 1, 0, known);
    paste(condition_mask, 1, 0, full([1, known.dims[1]!, 1, h, w], 1));
  }
  return guidedDenoiser({
    transformer,
    scheduler,
    start: noise,
    cache,
    branches: window.texts.map((text) => ({
      feeds: (i, x) => ({
        ...text,
        ...window.shared,
        hidden_states: x,
        condition_latents,
        condition_mask,
        timestep: full([1], scheduler.sigmas[i]!),
      }),
      read: (_i, _x, velocity) => velocity,
    })),
    ...twoBranches(guidance, scale, scheduler.sigmas),
    finish(x) {
      if (!known) return x;
      const done = clone(x);
      paste(done, 1, 0, known);
      return done;
    },
  });
}
