import { strides, type Tensor, tensor } from './tensor.ts';

/** Elements `start` to `end` (exclusive) of one axis, copied. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const { outer, length, inner } = strides(x.dims, axis);
  if (start < 0 || end > length || start > end)
    throw new RangeError(`no ${start}..${end} in an axis of ${length}`);
  const out = tensor(x.dims.with(axis, end - start));
  const run = (end - start) * inner;
  for (let o = 0; o < outer; o++) {
    const from = (o * length + start) * inner;
    out.data.set(x.data.subarray(from, from + run), o * run);
  }
  return out;
}

/** Tensors joined along one axis; all other dimensions must be equal. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const first = parts[0];
  if (!first) throw new RangeError('nothing to join');
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, part) => sum + part.dims[axis]!, 0);
  const out = tensor(first.dims.with(axis, length));
  const { outer, inner } = strides(out.dims, axis);
  let at = 0;
  for (const part of parts) {
    const run = part.dims[axis]! * inner;
    if (part.data.length !== outer * run) throw new RangeError('parts of different shape cannot be joined');
    for (let o = 0; o < outer; o++) {
      out.data.set(part.data.subarray(o * run, (o + 1) * run), o * length * inner + at);
    }
    at += run;
  }
  return out;
}

/** Writes `part` into `x` along one axis from `start` on, in place. */
export function paste(x: Tensor, axis: number, start: number, part: Tensor): void {
  const { outer, length, inner } = strides(x.dims, axis);
  const run = part.dims[axis]! * inner;
  if (start * inner + run > length * inner) throw new RangeError('the part reaches past the axis');
  for (let o = 0; o < outer; o++) {
    x.data.set(part.data.subarray(o * run, (o + 1) * run), (o * length + start) * inner);
  }
}
