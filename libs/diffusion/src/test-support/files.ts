import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Tensor, tensor } from '../tensor/tensor.ts';

const shipped = (id: string) => fileURLToPath(new URL(`../../../../profiles/${id}`, import.meta.url));

/** Profiles of this repository. */
export const KERNEL_WORLD = shipped('kernel-world');
export const POCKET_WORLD = shipped('pocket-world');

/** Raw little-endian float32 values as a tensor. */
export async function readTensor(path: string, dims: readonly number[]): Promise<Tensor> {
  const bytes = await readFile(path);
  return tensor(
    dims,
    new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
  );
}

/** The largest absolute difference; infinite when sizes differ or a value is not a number. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
