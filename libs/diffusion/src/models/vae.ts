import type { Session } from '../session/session.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Pixels to latents and back. Video is `[1, 3, frames, height, width]` in -1..1; latent layout is the model's own. */
export interface Autoencoder {
  encode(video: Tensor): Promise<Tensor>;
  /** Yields stretches of frames in order. */
  decode(latents: Tensor): AsyncIterable<Tensor>;
}

/** An autoencoder of two graphs that each take a whole window. */
export function wholeWindowAutoencoder(encoder: Session, decoder: Session): Autoencoder {
  return {
    encode: async (video) => (await encoder.run({ video })).latents!,
    async *decode(latents) {
      yield (await decoder.run({ latents })).video!;
    },
  };
}
