import type { Tensor } from '../tensor/tensor.ts';

/** Pixels to latents and back. Video is `[1, 3, frames, height, width]` in -1..1; latent layout is the model's own. */
export interface Autoencoder {
  /** `noise` draws from the posterior where the encoder has one; without it the mean is taken. */
  encode(video: Tensor, noise?: Tensor): Promise<Tensor>;
  /** Yields stretches of frames in order. */
  decode(latents: Tensor): AsyncIterable<Tensor>;
}
