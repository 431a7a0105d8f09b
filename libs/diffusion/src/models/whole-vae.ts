import type { Session } from '../session/session.ts';
import type { Autoencoder } from './vae.ts';

/** What an autoencoder's graphs call their values. */
export interface VaeNames {
  /** Pixels, in and out. */
  readonly video: string;
  /** What the encoder gives. */
  readonly encoded: string;
}

/** An autoencoder of two graphs that each take a whole window, without a posterior variance. */
export function wholeWindowAutoencoder(encoder: Session, decoder: Session, names: VaeNames): Autoencoder {
  return {
    encode: async (video) => (await encoder.run({ [names.video]: video }))[names.encoded]!,
    async *decode(latents) {
      yield (await decoder.run({ latents }))[names.video]!;
    },
  };
}
