import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { TokenGrid } from './rope.ts';

/** Linear taps of one axis, sample points at cell centres, clamped at the ends. */
function taps(from: number, to: number): { low: number; high: number; part: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(Math.floor(at), from - 1);
    return { low, high: Math.min(low + 1, from - 1), part: at - low };
  });
}

/** Trilinear resize of `[T, H, W]`. */
function resize(map: Tensor, [t, h, w]: readonly [number, number, number]): Tensor {
  const [fromT, fromH, fromW] = map.dims as [number, number, number];
  const [ts, hs, ws] = [taps(fromT, t), taps(fromH, h), taps(fromW, w)];
  const out = tensor([t, h, w]);
  const at = (z: number, y: number, x: number) => map.data[(z * fromH + y) * fromW + x]!;
  let to = 0;
  for (const z of ts) {
    for (const y of hs) {
      for (const x of ws) {
        const row = (zz: number, yy: number) =>
          at(zz, yy, x.low) * (1 - x.part) + at(zz, yy, x.high) * x.part;
        const plane = (zz: number) => row(zz, y.low) * (1 - y.part) + row(zz, y.high) * y.part;
        out.data[to++] = plane(z.low) * (1 - z.part) + plane(z.high) * z.part;
      }
    }
  }
  return out;
}

/**
 * A mask over frames `[F, H, W]`, F = 1 + k groups, as one value a token: the first frame by itself, then the others
 * together, as the causal autoencoder sees them.
 */
export function maskOnTokens(mask: Tensor, { t, h, w }: TokenGrid): Tensor {
  const [frames, height, width] = mask.dims as [number, number, number];
  const plane = height * width;
  const part = (start: number, end: number) =>
    tensor([end - start, height, width], mask.data.slice(start * plane, end * plane));
  const out = tensor([t, h, w]);
  out.data.set(resize(part(0, 1), [1, h, w]).data);
  if (t > 1) out.data.set(resize(part(1, frames), [t - 1, h, w]).data, h * w);
  return out;
}

/**
 * Weights of each control for each token, `[n, N]`. Where any control has a mask, tokens whose weights sum past 1 are
 * scaled down to 1; plain weights are taken as they are.
 * Source: nvidia-cosmos/cosmos-transfer2.5, `vid2vid_model_control_vace_rectified_flow.py`, resize_control_weight.
 * @param controls for each branch its weight and, where it has one, its mask on tokens; absent branches are undefined
 */
export function controlWeights(
  controls: readonly ({ readonly weight: number; readonly mask?: Tensor | undefined } | undefined)[],
  tokens: number,
): Tensor {
  const out = tensor([controls.length, tokens]);
  for (const [n, control] of controls.entries()) {
    if (!control) continue;
    for (let i = 0; i < tokens; i++) out.data[n * tokens + i] = control.weight * (control.mask?.data[i] ?? 1);
  }
  if (!controls.some((control) => control?.mask)) return out;
  for (let i = 0; i < tokens; i++) {
    let sum = 0;
    for (let n = 0; n < controls.length; n++) sum += out.data[n * tokens + i]!;
    if (sum > 1) for (let n = 0; n < controls.length; n++) out.data[n * tokens + i]! /= sum;
  }
  return out;
}
