import { type Control, controlSchema, type Size } from '@worldfarm/core';
import { controlWeights, maskOnTokens } from '../../models/control-weights.ts';
import type { Normalisation } from '../../models/normalisation.ts';
import type { TokenGrid } from '../../models/rope.ts';
import type { Feeds } from '../../models/transformer.ts';
import type { Autoencoder } from '../../models/vae.ts';
import type { ControlInput, MaskFrames, WindowPlan } from '../../request.ts';
import { concat } from '../../tensor/slice.ts';
import { reshape, type Tensor, tensor } from '../../tensor/tensor.ts';
import { windowStretch } from '../cosmos/frames.ts';

/** The mask's stretch as `[F, H, W]` in 0..1. */
function maskFrames(mask: MaskFrames, window: WindowPlan, { width, height }: Size): Tensor {
  const plane = width * height;
  const out = tensor([window.frames, height, width]);
  for (let f = 0; f < window.frames; f++) {
    const from = Math.min(window.start + f, mask.frames - 1) * plane;
    for (let i = 0; i < plane; i++) out.data[f * plane + i] = mask.data[from + i]! / 255;
  }
  return out;
}

export interface ControlWindow {
  readonly window: WindowPlan;
  readonly size: Size;
  /** `[1, C, T, H, W]` */
  readonly dims: readonly number[];
  readonly grid: TokenGrid;
  /** Branches of the graph, in order. */
  readonly branches: readonly Control[];
  readonly vae: Autoencoder;
  readonly norm: Normalisation;
  /** Posterior draw of a control, by its place in the closed list of controls from 1 on; none takes the mean. */
  draw(branch: number): Tensor | undefined;
}

/** Latents and weights of all branches; zeros for those that the request does not use. */
export async function controlFeeds(controls: readonly ControlInput[], at: ControlWindow): Promise<Feeds> {
  const { window, size, dims, grid, branches } = at;
  const latents: Tensor[] = [];
  for (const kind of branches) {
    const control = controls.find((candidate) => candidate.kind === kind);
    if (!control) {
      latents.push(tensor(dims));
      continue;
    }
    const noise = at.draw(1 + controlSchema.options.indexOf(kind));
    latents.push(at.norm.toSampler(await at.vae.encode(windowStretch(control.video!, window, size), noise)));
  }
  const tokens = grid.t * grid.h * grid.w;
  const weights = branches.map((kind) => {
    const control = controls.find((candidate) => candidate.kind === kind);
    const mask =
      control?.mask && reshape(maskOnTokens(maskFrames(control.mask, window, size), grid), [tokens]);
    return control && { weight: control.weight, mask };
  });
  return { control_latents: concat(latents, 0), control_weights: controlWeights(weights, tokens) };
}
