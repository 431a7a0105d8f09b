import { FarmError } from '@worldfarm/core';
import type { RenderPlan, RenderRequest, WindowPlan } from '../../request.ts';
import { alignedSize, checkRequest, renderPlan } from '../cosmos/plan.ts';
import { latentAligned, planWindows } from '../windows.ts';
import type { Cosmos3Settings } from './settings.ts';

/** Any size of whole latent cells: the network pads to whole patches itself. */
const UNBOUNDED = { width: 65536, height: 65536 };

/** One window of any length, but for transfer: windows of a fixed length that begin with the last frames before. */
export function planCosmos3(settings: Cosmos3Settings, request: RenderRequest): RenderPlan {
  checkRequest(request, settings.modes, settings.controls);
  const { latent, distilled_sigmas: distilled } = settings.pipeline;
  if (request.mode === 'text2image' && request.frames !== 1) {
    throw new FarmError('invalid_request', 'text2image gives one frame', { param: 'frames' });
  }
  if (distilled && request.steps !== distilled.length) {
    const message = `this profile is distilled: it takes exactly ${distilled.length} steps`;
    throw new FarmError('invalid_request', message, { param: 'steps' });
  }
  return renderPlan(
    request,
    alignedSize(request, latent.spatial, UNBOUNDED),
    windowsOf(request, latent.temporal),
  );
}

function windowsOf(request: RenderRequest, temporal: number): WindowPlan[] {
  const { frames } = request;
  if (request.mode !== 'transfer') return [{ start: 0, frames: latentAligned(frames, temporal), overlap: 0 }];
  const length = latentAligned(frames === 1 ? 1 : (request.windowFrames ?? frames), temporal);
  const overlap = request.overlapFrames ?? 1;
  if (overlap >= length && frames > length) {
    throw new FarmError('invalid_request', 'a window must be longer than its overlap', {
      param: 'overlapFrames',
    });
  }
  return planWindows(frames, { frames: length, overlap, temporal, fixed: true });
}
