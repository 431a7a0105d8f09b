import type { RopeTable } from '../../models/rope.ts';
import type { Feeds, Transformer } from '../../models/transformer.ts';
import type { Scheduler } from '../../schedulers/scheduler.ts';
import { fitPlane } from '../../tensor/plane.ts';
import { full, type Tensor, tensor } from '../../tensor/tensor.ts';
import { withFrames } from '../cosmos/frames.ts';
import { type Branch, type GuidedWindow, guidedDenoiser } from '../guided.ts';
import type { Denoiser } from '../pipeline.ts';
import type { StepCacheSettings } from '../step-cache.ts';
import type { GivenLatents } from './given.ts';
import { noisyMask, sequence } from './vision.ts';

/** One of the evaluations that are mixed: a prompt with or without the controls before the target. */
export interface Cosmos3Branch {
  readonly prompt: Feeds;
  readonly rope: RopeTable;
  readonly controls: readonly Tensor[];
}

export interface Cosmos3Window extends Pick<GuidedWindow, 'active' | 'mix'> {
  readonly transformer: Transformer;
  readonly scheduler: Scheduler;
  /** What the network is told of the noise at each step. */
  readonly timesteps: readonly number[];
  readonly cache: StepCacheSettings | undefined;
  readonly branches: readonly Cosmos3Branch[];
  /** `[1, C, T, H, W]` */
  readonly noise: Tensor;
  readonly given: GivenLatents | undefined;
}

/** Flow velocity of the noisy frames; given frames stand still. */
export function cosmos3Denoiser(window: Cosmos3Window): Denoiser {
  const { scheduler, given, noise, active, mix } = window;
  const indexes = given?.indexes ?? [];
  const [, , frames, height, width] = noise.dims as [number, number, number, number, number];
  const still = given && tensor(given.latents.dims);
  const pin = (x: Tensor) => withFrames(x, indexes, given?.latents);

  const branch = ({ prompt, rope, controls }: Cosmos3Branch): Branch => ({
    feeds: (i, x) => ({
      ...prompt,
      ...rope,
      hidden_states: sequence(controls, x),
      timestep: full([1], window.timesteps[i]!),
      noisy_mask: noisyMask(controls.length + 1, frames, indexes),
    }),
    read: (_i, _x, velocity) => withFrames(fitPlane(velocity, height, width), indexes, still),
  });

  return guidedDenoiser({
    transformer: window.transformer,
    scheduler,
    start: pin(noise),
    cache: window.cache,
    branches: window.branches.map(branch),
    active,
    mix,
    pin,
  });
}
