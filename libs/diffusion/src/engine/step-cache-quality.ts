import { rm } from 'node:fs/promises';
import type { Profile } from '@worldfarm/core';
import { variantOf } from '../profile/variant.ts';
import { openEngine } from './open.ts';
import type { EngineOptions } from './options.ts';
import { type SampleOptions, sampleRequest } from './sample-request.ts';

export interface StepCacheQuality {
  /** dB over 0 to 255 between the clips with and without the cache; infinite where they are the same. */
  readonly psnr: number;
  /** Share of the steps that were not computed. */
  readonly skipped: number;
  /** How many times as fast the steps were. */
  readonly faster: number;
}

/**
 * Renders one clip without and with EasyCache at a threshold: what `pipeline.step_cache.quality` of a profile says.
 *
 * @throws ProfileError when the profile cannot be loaded
 */
export async function measureStepCache(
  dir: string,
  threshold: number,
  options: EngineOptions = {},
  sample: SampleOptions = {},
): Promise<StepCacheQuality> {
  async function render(change: (pipeline: Record<string, unknown>) => void) {
    const variant = await variantOf<Profile>(dir, (profile) => change(profile.pipeline!));
    try {
      const engine = await openEngine(variant, { warmUp: true, ...options });
      try {
        const { chunks, timings } = await engine.render(sampleRequest(engine.profile, sample));
        const frames = Buffer.concat(await Array.fromAsync(chunks));
        const { steps, stepsComputed } = timings;
        return { frames, seconds: steps, stepsComputed };
      } finally {
        await engine.close();
      }
    } finally {
      await rm(variant, { recursive: true });
    }
  }

  const plain = await render((pipeline) => delete pipeline.step_cache);
  const cached = await render((pipeline) => {
    pipeline.step_cache = { type: 'easycache', threshold };
  });
  return {
    psnr: psnr(plain.frames, cached.frames),
    skipped: 1 - cached.stepsComputed / plain.stepsComputed,
    faster: plain.seconds / cached.seconds,
  };
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}
