import type { Profile } from '@worldfarm/core';
import type { NoiseSource } from '../noise/normal.ts';
import type { GraphSpec } from '../profile/fit.ts';
import type { RenderPlan, RenderRequest } from '../request.ts';
import type { SavedTensors } from '../schedulers/scheduler.ts';
import type { Session } from '../session/session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Vocabulary } from '../tokenizer/tokenizer.ts';

/** The denoising loop of one window, one step at a time so that the caller can cancel and save between steps. */
export interface Denoiser {
  readonly steps: number;
  /** Step `i` in 0..steps-1; false when the step cache answered instead of the transformer. */
  step(i: number): Promise<boolean>;
  /** The finished latents, as the decoder wants them. */
  result(): Tensor;
  save(): SavedTensors;
  restore(saved: SavedTensors): void;
}

/** One request on its way: prompts are encoded, windows follow. */
export interface Render {
  readonly warnings: readonly string[];
  /** Conditions and noise of window `index`; `before` holds the last frames of the window before it. */
  window(index: number, before: Tensor | undefined): Promise<Denoiser>;
  /** Stretches of frames `[1, 3, n, height, width]` in -1..1, in order. */
  decode(latents: Tensor): AsyncIterable<Tensor>;
}

/** A loaded pipeline; lives in the engine's thread. */
export interface Pipeline {
  begin(request: RenderRequest, plan: RenderPlan, noise: NoiseSource): Promise<Render>;
  /** Seconds spent in the transformer's graph so far. */
  transformerSeconds(): number;
}

/** What a pipeline loads its parts with. */
export interface PartLoader {
  /** Opens a component of the profile and holds it against `spec`. `key` names the file property, `file` by default. */
  component(name: string, spec: GraphSpec, key?: string): Promise<Session>;
  vocabulary(): Promise<Vocabulary>;
}

/** A profile that a pipeline has read: plans are pure, opening needs the engine's thread. */
export interface ReadPipeline {
  plan(request: RenderRequest): RenderPlan;
  open(load: PartLoader): Promise<Pipeline>;
}

/** A kind of pipeline. Reading throws ProfileError when the profile's settings are not its own. */
export type PipelineKind = (profile: Profile) => ReadPipeline;
