import { count, type Tensor, tensor } from '../tensor/tensor.ts';
import { circle, ln } from './elementary.ts';
import { philox } from './philox.ts';

/** What a draw is for. The number is part of the noise's definition. */
const PURPOSES = { latents: 0, posterior: 1, condition: 2, step: 3 } as const;

/** Names one draw of a render: no two of them share numbers. */
export interface NoiseStream {
  /** The first latents, an encoder's posterior, noise on given frames, or what a stochastic scheduler adds. */
  readonly purpose: keyof typeof PURPOSES;
  readonly window?: number;
  readonly step?: number;
  /** Tells apart draws of one step: branches of guidance; of posteriors 0 is the clip, 1 and up are controls. */
  readonly branch?: number;
}

/** Where a render gets its standard normal values from; tests put recorded ones here. */
export type NoiseSource = (dims: readonly number[], stream: NoiseStream) => Tensor;

/** The seeded noise that renders use. */
export function seededNoise(seed: number): NoiseSource {
  return (dims, stream) => normal(dims, seed, stream);
}

/**
 * Standard normal values, a pure function of (seed, stream, position): Philox4x32-10 keyed by the seed's low and high
 * 32 bits; counter `[position / 4, step + 2^16 branch, window, purpose]`; each pair of words makes two values by
 * Box-Muller, radius from `(word + 0.5) / 2^32`, angle from `word / 2^32` of a turn, in doubles, rounded to float32.
 */
export function normal(dims: readonly number[], seed: number, stream: NoiseStream): Tensor {
  const out = new Float32Array(count(dims));
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  const counter = [
    0,
    (stream.step ?? 0) + 65536 * (stream.branch ?? 0),
    stream.window ?? 0,
    PURPOSES[stream.purpose],
  ];
  const words = new Uint32Array(4);
  const point = new Float64Array(2);
  for (let i = 0; i < out.length; i += 4) {
    counter[0] = i / 4;
    philox(counter, key, words);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * ln((words[pair]! + 0.5) / 2 ** 32));
      circle(words[pair + 1]! / 2 ** 32, point);
      // Writes past the end of a typed array are dropped, which serves sizes that 4 does not divide.
      out[i + pair] = radius * point[0]!;
      out[i + pair + 1] = radius * point[1]!;
    }
  }
  return tensor(dims, out);
}
