/** A dense float32 array in row-major order. The only value that schedulers and pipelines pass around. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Number of elements of a shape. */
export function count(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Wraps `data`, or makes zeros. Throws when the length does not fit the shape. */
export function tensor(
  dims: readonly number[],
  data: Float32Array<ArrayBuffer> = new Float32Array(count(dims)),
): Tensor {
  if (data.length !== count(dims))
    throw new RangeError(`${data.length} values do not fit [${dims.join(', ')}]`);
  return { dims, data };
}

/** A tensor of one value. */
export function full(dims: readonly number[], value: number): Tensor {
  return { dims, data: new Float32Array(count(dims)).fill(value) };
}

/** The same values under another shape; shares memory. */
export function reshape(x: Tensor, dims: readonly number[]): Tensor {
  return tensor(dims, x.data);
}

export function clone(x: Tensor): Tensor {
  return { dims: x.dims, data: x.data.slice() };
}

/** How many contiguous blocks lie before `axis`, and how long one step of the axis is. */
export function strides(
  dims: readonly number[],
  axis: number,
): { outer: number; length: number; inner: number } {
  return { outer: count(dims.slice(0, axis)), length: dims[axis]!, inner: count(dims.slice(axis + 1)) };
}
