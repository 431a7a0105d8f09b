import type { Tensor } from '../tensor/tensor.ts';

/** Tensors by name: what a loop must keep to go on later. */
export type SavedTensors = Readonly<Record<string, Tensor>>;

/**
 * A walk from noise to data. Steps are addressed by index, so a loop can start anywhere once `restore` has been given
 * what `save` gave. `output` is what the scheduler's file says: a velocity or a denoised sample.
 */
export interface Scheduler {
  readonly steps: number;
  /** `steps + 1` noise levels, falling; the last one belongs to the result. */
  readonly sigmas: Float64Array;
  /** Latents at noise level `i + 1` from those at level `i`. Does not change its arguments. */
  step(i: number, latents: Tensor, output: Tensor): Tensor;
  save(): SavedTensors;
  restore(saved: SavedTensors): void;
}
