import { type Tensor, tensor } from './tensor.ts';

/**
 * `a*x + b*y`, element by element, summed in float64 and rounded once. Throws when the sizes differ.
 */
export function combine(a: number, x: Tensor, b: number, y: Tensor): Tensor {
  if (x.data.length !== y.data.length) throw new RangeError('tensors of different size cannot be added');
  const out = new Float32Array(x.data.length);
  const p = x.data;
  const q = y.data;
  for (let i = 0; i < out.length; i++) out[i] = a * p[i]! + b * q[i]!;
  return tensor(x.dims, out);
}

/** `a*x` as a new tensor. */
export function scale(a: number, x: Tensor): Tensor {
  const out = new Float32Array(x.data.length);
  for (let i = 0; i < out.length; i++) out[i] = a * x.data[i]!;
  return tensor(x.dims, out);
}

/** Mean of `|x - y|`; of `|x|` without `y`. */
export function meanAbs(x: Tensor, y?: Tensor): number {
  let sum = 0;
  if (y) for (let i = 0; i < x.data.length; i++) sum += Math.abs(x.data[i]! - y.data[i]!);
  else for (let i = 0; i < x.data.length; i++) sum += Math.abs(x.data[i]!);
  return sum / x.data.length;
}

/** The sum of `weight * tensor` over the terms, in float64, rounded once. */
export function linear(terms: readonly (readonly [weight: number, x: Tensor])[]): Tensor {
  const dims = terms[0]![1].dims;
  const sum = new Float64Array(terms[0]![1].data.length);
  for (const [weight, { data }] of terms) {
    if (data.length !== sum.length) throw new RangeError('tensors of different size cannot be added');
    if (weight !== 0) for (let i = 0; i < sum.length; i++) sum[i]! += weight * data[i]!;
  }
  return tensor(dims, Float32Array.from(sum));
}
