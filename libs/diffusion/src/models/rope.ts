import { type Tensor, tensor } from '../tensor/tensor.ts';

/** Cosine and sine of rotary angles, `[tokens, head width]`. */
export type RopeTable = Readonly<Record<'rope_cos' | 'rope_sin', Tensor>>;

const f = Math.fround;

/**
 * Angles as the models saw them in training: in float32, each half of the head once (rotate-half), from per-token
 * positions on three axes. Positions reach 15000, where float32 steps by 0.001, so the rounding is part of the model.
 */
function table(tokens: number, half: number, angle: (token: number, j: number) => number): RopeTable {
  const cos = new Float32Array(tokens * half * 2);
  const sin = new Float32Array(tokens * half * 2);
  for (let token = 0; token < tokens; token++) {
    for (let j = 0; j < half; j++) {
      const a = f(angle(token, j));
      const at = token * half * 2 + j;
      cos[at] = Math.cos(a);
      sin[at] = Math.sin(a);
      cos[at + half] = cos[at]!;
      sin[at + half] = sin[at]!;
    }
  }
  const dims = [tokens, half * 2];
  return { rope_cos: tensor(dims, cos), rope_sin: tensor(dims, sin) };
}

/** Token counts of a latent video after patchifying. */
export interface TokenGrid {
  readonly t: number;
  readonly h: number;
  readonly w: number;
}

export interface CosmosRope {
  readonly headDim: number;
  /** Stretch of the time, row and column axes. */
  readonly scale: readonly [number, number, number];
  /** Frame rate that time positions are scaled to, or none. */
  readonly fps: { readonly clip: number; readonly base: number } | undefined;
}

/**
 * Tokens in order t, h, w; each head holds `[t, h, w]` frequencies, theta of an axis stretched as in NTK scaling.
 * Source: diffusers `transformer_cosmos.py`, CosmosRotaryPosEmbed.
 */
export function cosmosRope({ t, h, w }: TokenGrid, rope: CosmosRope): RopeTable {
  const spatial = Math.floor(rope.headDim / 6) * 2;
  const sizes = [rope.headDim - 2 * spatial, spatial, spatial];
  const frequencies: { axis: number; value: number }[] = [];
  for (const [axis, size] of sizes.entries()) {
    const theta = f(10000 * rope.scale[axis]! ** (size / (size - 2)));
    for (let k = 0; k < size; k += 2) frequencies.push({ axis, value: f(1 / f(theta ** f(k / size))) });
  }
  const time = (frame: number) => (rope.fps ? f(f(frame / rope.fps.clip) * rope.fps.base) : frame);
  return table(t * h * w, frequencies.length, (token, j) => {
    const { axis, value } = frequencies[j]!;
    const frame = Math.floor(token / (h * w));
    const position = axis === 0 ? time(frame) : axis === 1 ? Math.floor(token / w) % h : token % w;
    return position * value;
  });
}

export interface MRope {
  readonly headDim: number;
  readonly theta: number;
  /** Frequencies of the time, row and column axis, interleaved. */
  readonly section: readonly [number, number, number];
}

/** Positions of tokens on the three axes. */
export type Positions = (token: number) => readonly [t: number, h: number, w: number];

/** Interleaved multi-axis rotary angles. Source: diffusers `transformer_cosmos3.py`. */
export function mRope(tokens: number, rope: MRope, positions: Positions): RopeTable {
  const half = rope.headDim / 2;
  const frequencies = Array.from({ length: half }, (_, j) => ({
    axis: j % 3 === 1 && j < 3 * rope.section[1] ? 1 : j % 3 === 2 && j < 3 * rope.section[2] ? 2 : 0,
    value: f(1 / f(rope.theta ** f((2 * j) / rope.headDim))),
  }));
  return table(tokens, half, (token, j) => {
    const { axis, value } = frequencies[j]!;
    return f(positions(token)[axis]!) * value;
  });
}

/** Text tokens have the same position on all axes. */
export function textPositions(): Positions {
  return (token) => [token, token, token];
}

/** Video tokens follow the text by a margin in time and begin at 0 on the token grid; time runs in base frames. */
export function videoPositions(
  grid: TokenGrid,
  origin: number,
  rate: { readonly fps: number; readonly base: number; readonly temporal: number } | undefined,
): Positions {
  const perFrame = grid.h * grid.w;
  // In the order of the model's own arithmetic, for the rounding.
  const scale = (frame: number) =>
    rate && grid.t > 1
      ? f(f(f(frame / (rate.fps / rate.temporal)) * (rate.base / rate.temporal)) + origin)
      : frame + origin;
  return (token) => {
    const at = token % (grid.t * perFrame);
    return [scale(Math.floor(at / perFrame)), Math.floor(at / grid.w) % grid.h, at % grid.w];
  };
}
