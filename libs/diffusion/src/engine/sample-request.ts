import type { Mode, Profile } from '@worldfarm/core';
import { ProfileError } from '../errors.ts';
import type { RenderRequest } from '../request.ts';

const ORDER: readonly Mode[] = ['text2video', 'image2video', 'transfer', 'video2video', 'text2image'];

export interface SampleOptions {
  readonly mode?: Mode;
  readonly prompt?: string;
  readonly steps?: number;
  readonly frames?: number;
  readonly width?: number;
  readonly height?: number;
}

/** A request that a profile can meet at its native size, with grey pictures where pictures are needed. */
export function sampleRequest(profile: Profile, options: SampleOptions = {}): RenderRequest {
  const mode = options.mode ?? ORDER.find((candidate) => profile.modes.includes(candidate));
  const { native, pipeline } = profile;
  if (!mode || !native || !pipeline)
    throw new ProfileError('profile.json', 'has no mode, native size or pipeline');
  const defaults = (pipeline.defaults ?? {}) as { steps?: number; guidance?: number };
  const distilled = pipeline.distilled_sigmas as number[] | undefined;
  const { width, height } = { ...native.sizes[0]!, ...options };
  const frames = mode === 'text2image' ? 1 : (options.frames ?? native.frames);
  const grey = (count: number) => ({
    frames: count,
    data: new Uint8Array(count * width * height * 3).fill(128),
  });
  const kind = profile.controls[0];
  return {
    mode,
    prompt: options.prompt ?? 'a car on a street',
    negativePrompt: '',
    seed: 1,
    steps: distilled?.length ?? options.steps ?? defaults.steps ?? 10,
    guidance: defaults.guidance ?? 1,
    width,
    height,
    frames,
    fps: native.fps,
    ...(mode === 'image2video' && { image: grey(1).data }),
    ...(mode === 'video2video' && { video: grey(frames) }),
    ...(mode === 'transfer' && kind && { controls: [{ kind, weight: 1, video: grey(frames) }] }),
  };
}
