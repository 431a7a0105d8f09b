import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { Integers } from './session.ts';

type Buffer =
  | Float32Array
  | Float64Array
  | Float16Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Uint8Array;

/** The 16-bit patterns of half-precision numbers. */
export function bitsOf({ buffer, byteOffset, length }: Float16Array): Uint16Array {
  return new Uint16Array(buffer, byteOffset, length);
}

/** A feed in the element type that the graph declares. Throws on a type that no graph of ours has. */
export function toBuffer(feed: Tensor | Integers, type: string): Buffer {
  const values = 'integers' in feed ? feed.integers : feed.data;
  switch (type) {
    case 'float32':
      return values instanceof Float32Array ? values : Float32Array.from(values);
    case 'float64':
      return Float64Array.from(values);
    case 'float16':
      return bitsOf(Float16Array.from(values));
    case 'int64':
      return BigInt64Array.from(values as number[], (value) => BigInt(value));
    case 'int32':
      return Int32Array.from(values);
    case 'bool':
      return Uint8Array.from(values, (value) => (value ? 1 : 0));
    default:
      throw new TypeError(`element type ${type} is not supported`);
  }
}

/** A result as float32. float16 arrives as Float16Array where the runtime knows it, else as its bits. */
export function fromBuffer(data: unknown, type: string, dims: readonly number[]): Tensor {
  if (data instanceof Float32Array) return tensor(dims, data as Float32Array<ArrayBuffer>);
  if (type === 'float16' && data instanceof Uint16Array) {
    return tensor(dims, Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length)));
  }
  if (data instanceof BigInt64Array) return tensor(dims, Float32Array.from(data, Number));
  return tensor(dims, Float32Array.from(data as ArrayLike<number>));
}
