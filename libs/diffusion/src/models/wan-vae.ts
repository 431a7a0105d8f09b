import type { Opaque, Session } from '../session/session.ts';
import { concat, slice } from '../tensor/slice.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { Autoencoder } from './vae.ts';

/** A graph for the first frame and one for all that follow; between calls it remembers the ends of its convolutions. */
export interface StreamingGraph {
  readonly first: Session;
  readonly next: Session;
}

const isCache = (name: string) => name.startsWith('cache_') || name.startsWith('next_cache_');

/** Runs stretches through the pair in order, handing the caches on. */
async function* stream(
  graph: StreamingGraph,
  input: string,
  stretches: Iterable<Tensor>,
): AsyncGenerator<Record<string, Tensor>> {
  let caches: Record<string, Opaque> = {};
  let first = true;
  for (const stretch of stretches) {
    const session = first ? graph.first : graph.next;
    const { tensors, kept } = await session.runKeeping({ [input]: stretch, ...caches }, isCache);
    caches = Object.fromEntries(
      Object.entries(kept).map(([name, value]) => [name.replace(/^next_/, ''), value]),
    );
    first = false;
    yield tensors;
  }
}

/** The first frame alone, then groups of `size` along axis 2. */
function* firstAndGroups(x: Tensor, size: number): Generator<Tensor> {
  const length = x.dims[2]!;
  yield slice(x, 2, 0, 1);
  for (let at = 1; at < length; at += size) yield slice(x, 2, at, Math.min(at + size, length));
}

function sample(mean: Tensor, std: Tensor, noise: Tensor): Tensor {
  const out = new Float32Array(mean.data.length);
  for (let i = 0; i < out.length; i++) out[i] = mean.data[i]! + std.data[i]! * noise.data[i]!;
  return tensor(mean.dims, out);
}

/**
 * The causal Wan autoencoder as first/next pairs: memory does not grow with the number of frames, and latents of the
 * first frames do not depend on later ones. `frames` of a clip must be `1 + 4k`.
 */
export function wanAutoencoder(
  encoder: StreamingGraph,
  decoder: StreamingGraph,
  temporal: number,
): Autoencoder {
  return {
    async encode(video, noise) {
      const means: Tensor[] = [];
      const stds: Tensor[] = [];
      for await (const part of stream(encoder, 'frames', firstAndGroups(video, temporal))) {
        means.push(part.latent_mean!);
        stds.push(part.latent_std!);
      }
      const mean = concat(means, 2);
      return noise ? sample(mean, concat(stds, 2), noise) : mean;
    },
    async *decode(latents) {
      for await (const part of stream(decoder, 'latents', firstAndGroups(latents, 1))) yield part.frames!;
    },
  };
}
