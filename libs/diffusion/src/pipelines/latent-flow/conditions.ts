import type { Control, Size } from '@worldfarm/core';
import type { Feeds } from '../../models/transformer.ts';
import type { Autoencoder } from '../../models/vae.ts';
import type { ControlInput, RenderRequest, WindowPlan } from '../../request.ts';
import type { Session } from '../../session/session.ts';
import { concat } from '../../tensor/slice.ts';
import { reshape, type Tensor, tensor } from '../../tensor/tensor.ts';
import { clipFrames, imageFrame, windowStretch } from '../cosmos/frames.ts';

/** The frames that a request begins with: its image, or `longest` frames from the end of its clip, or one of them. */
export function givenFrames(request: RenderRequest, size: Size, longest: number): Tensor | undefined {
  if (request.mode === 'image2video') return imageFrame(request, size);
  if (request.mode !== 'video2video') return undefined;
  const video = request.video!;
  const kept = video.frames >= longest ? longest : 1;
  return request.conditionKeep === 'first'
    ? clipFrames(video, size, 0, kept)
    : clipFrames(video, size, -kept);
}

export interface ControlParts {
  /** Controls of the network, in its order. */
  readonly order: readonly Control[];
  readonly vae: Autoencoder;
  /** Networks that make a control from a clip. */
  readonly makers: ReadonlyMap<Control, Session>;
}

async function controlVideo(
  control: ControlInput,
  request: RenderRequest,
  window: WindowPlan,
  size: Size,
  makers: ControlParts['makers'],
): Promise<Tensor> {
  if (control.video) return windowStretch(control.video, window, size);
  const video = windowStretch(request.video!, window, size);
  return (await makers.get(control.kind)!.run({ video })).control!;
}

/** `control_latents` [1, n, T, C, h, w] and `control_weight` [1, n] of a window; zeros for controls that are absent. */
export async function controlFeeds(
  request: RenderRequest,
  window: WindowPlan,
  size: Size,
  dims: readonly number[],
  { order, vae, makers }: ControlParts,
): Promise<Feeds> {
  const weights = tensor([1, order.length]);
  const latents: Tensor[] = [];
  for (const [n, kind] of order.entries()) {
    const control = request.controls?.find((candidate) => candidate.kind === kind);
    weights.data[n] = control?.weight ?? 0;
    const map = control && (await vae.encode(await controlVideo(control, request, window, size, makers)));
    latents.push(reshape(map ?? tensor(dims), [1, 1, ...dims.slice(1)]));
  }
  return { control_latents: concat(latents, 1), control_weight: weights };
}
