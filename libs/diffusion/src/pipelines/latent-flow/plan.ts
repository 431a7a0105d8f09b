import { FarmError } from '@worldfarm/core';
import type { RenderPlan, RenderRequest } from '../../request.ts';
import { nearestSize } from '../size.ts';
import { planWindows } from '../windows.ts';
import type { LatentFlowSettings } from './settings.ts';

/**
 * Samples at a native size and length, continues in windows, and leaves the rest to trimming and scaling. The model has
 * a time base of its own: one frame of it is one frame of the output at any rate.
 */
export function planLatentFlow(settings: LatentFlowSettings, request: RenderRequest): RenderPlan {
  const { mode, width, height, frames, fps, steps } = request;
  if (!settings.modes.includes(mode)) {
    throw new FarmError('unsupported_mode', `this profile serves ${settings.modes.join(', ')}, not ${mode}`);
  }
  const sampled = nearestSize({ width, height }, settings.native.sizes);
  const windows = planWindows(frames, {
    frames: settings.native.frames,
    overlap: settings.overlap,
    temporal: settings.latent.temporal,
    fixed: true,
  });
  return {
    sampled,
    scale: sampled.width !== width || sampled.height !== height,
    windows,
    frames,
    fps,
    steps: windows.length * steps,
  };
}
