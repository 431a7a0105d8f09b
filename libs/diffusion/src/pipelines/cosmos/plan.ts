import { type Control, FarmError, type Mode, type NativeSize, type Size } from '@worldfarm/core';
import type { RenderPlan, RenderRequest, WindowPlan } from '../../request.ts';

/** Which inputs a mode cannot do without. */
const NEEDS: Partial<Record<Mode, 'image' | 'video' | 'controls'>> = {
  image2video: 'image',
  video2video: 'video',
  transfer: 'controls',
};

/**
 * @param mapMakers controls that the profile can make from the request's `video`
 * @throws FarmError when the profile does not serve the mode, or an input or control is missing or unknown
 */
export function checkRequest(
  request: RenderRequest,
  modes: readonly Mode[],
  controls: readonly Control[],
  mapMakers: readonly Control[] = [],
): void {
  const { mode } = request;
  if (!modes.includes(mode)) {
    throw new FarmError('unsupported_mode', `this profile serves ${modes.join(', ')}, not ${mode}`);
  }
  const need = NEEDS[mode];
  if (need && !request[need]) {
    throw new FarmError('invalid_request', `${mode} needs ${need}`, { param: need });
  }
  for (const { kind, video } of request.controls ?? []) {
    if (!controls.includes(kind)) {
      throw new FarmError(
        'invalid_request',
        `this profile has no ${kind} control, only ${controls.join(', ')}`,
        {
          param: kind,
        },
      );
    }
    if (!video && !(request.video && mapMakers.includes(kind))) {
      throw new FarmError('invalid_request', `${kind} needs a clip of its own on this profile`, {
        param: kind,
      });
    }
  }
}

/**
 * The size to sample at: the wanted one, each side rounded to what the network's patches allow and kept within the
 * largest grid that it has positions for.
 */
export function alignedSize({ width, height }: Size, multiple: number, largest: Size): Size {
  const align = (pixels: number, most: number) =>
    Math.max(multiple, Math.min(Math.round(pixels / multiple), Math.floor(most / multiple)) * multiple);
  return { width: align(width, largest.width), height: align(height, largest.height) };
}

export function renderPlan(
  request: RenderRequest,
  sampled: Size,
  windows: readonly WindowPlan[],
): RenderPlan {
  const { width, height, frames, fps, steps } = request;
  const scale = sampled.width !== width || sampled.height !== height;
  return { sampled, scale, windows, frames, fps, steps: windows.length * steps };
}

/** Refuses clips that are longer than a model without continuation can sample. */
export function refuseLonger(request: RenderRequest, native: NativeSize): void {
  if (request.frames > native.frames) {
    throw new FarmError('invalid_request', `this profile renders at most ${native.frames} frames`, {
      param: 'frames',
    });
  }
}
