import { z } from 'zod';
import { strides, type Tensor, tensor } from '../tensor/tensor.ts';

/** Latent statistics in a profile: of each channel, or of each channel and latent frame; none means raw latents. */
export const latentSchema = z.object({
  channels: z.int().positive(),
  /** Pixels per latent cell on each side. */
  spatial: z.int().positive(),
  /** Frames per latent frame after the first. */
  temporal: z.int().positive(),
  mean: z.array(z.number()).optional(),
  std: z.array(z.number()).optional(),
  mean_frames: z.array(z.array(z.number())).optional(),
  std_frames: z.array(z.array(z.number())).optional(),
  posterior: z.enum(['mode', 'sample']),
});
export type LatentSettings = z.infer<typeof latentSchema>;

/** Latents `[1, C, T, H, W]` between the autoencoder's scale and the sampler's, `sigmaData` times the unit one. */
export interface Normalisation {
  toSampler(latents: Tensor): Tensor;
  /** `from` is the latent frame that the first frame of a stretch has in its window. */
  toAutoencoder(latents: Tensor, from?: number): Tensor;
}

export function normalisation(settings: LatentSettings, sigmaData = 1): Normalisation {
  const { mean, std, mean_frames, std_frames } = settings;
  const meanOf = (c: number, t: number) => mean_frames?.[c]?.[t] ?? mean?.[c] ?? 0;
  const stdOf = (c: number, t: number) => std_frames?.[c]?.[t] ?? std?.[c] ?? 1;
  function each(
    x: Tensor,
    from: number,
    change: (value: number, mean: number, std: number) => number,
  ): Tensor {
    const { length: channels, inner } = strides(x.dims, 1);
    const frames = x.dims[2]!;
    const plane = inner / frames;
    const out = new Float32Array(x.data.length);
    for (let c = 0; c < channels; c++) {
      for (let t = 0; t < frames; t++) {
        const [m, s] = [meanOf(c, from + t), stdOf(c, from + t)];
        const start = (c * frames + t) * plane;
        for (let i = start; i < start + plane; i++) out[i] = change(x.data[i]!, m, s);
      }
    }
    return tensor(x.dims, out);
  }
  return {
    toSampler: (x) => each(x, 0, (value, m, s) => ((value - m) / s) * sigmaData),
    toAutoencoder: (x, from = 0) => each(x, from, (value, m, s) => (value * s) / sigmaData + m),
  };
}
