import type { RenderPlan, RenderRequest } from '../../request.ts';
import { checkRequest } from '../cosmos/plan.ts';
import { nearestSize } from '../size.ts';
import { planWindows } from '../windows.ts';
import type { LatentFlowSettings } from './settings.ts';

/**
 * Samples at a native size and length, continues in windows, and leaves the rest to trimming and scaling. Models
 * without an `fps` input have a time base of their own: one frame of them is one frame of the output at any rate.
 */
export function planLatentFlow(settings: LatentFlowSettings, request: RenderRequest): RenderPlan {
  const { mode, width, height, frames, fps, steps } = request;
  checkRequest(request, settings.modes, settings.controls, settings.mapMakers);
  const sampled = nearestSize({ width, height }, settings.native.sizes);
  const windows = planWindows(frames, {
    frames: settings.native.frames,
    overlap: settings.overlap,
    temporal: settings.latent.temporal,
    // A still is one latent frame by itself, whatever the length of clips.
    fixed: settings.fixed_length && mode !== 'text2image',
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
