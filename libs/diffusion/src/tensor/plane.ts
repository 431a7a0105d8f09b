import { count, type Tensor, tensor } from './tensor.ts';

/** The last two axes copied into planes of another size: what is missing is zero, what is too much is cut. */
export function fitPlane(x: Tensor, height: number, width: number): Tensor {
  const [h, w] = x.dims.slice(-2) as [number, number];
  if (h === height && w === width) return x;
  const planes = count(x.dims.slice(0, -2));
  const out = tensor([...x.dims.slice(0, -2), height, width]);
  const run = Math.min(w, width);
  for (let p = 0; p < planes; p++) {
    for (let row = 0; row < Math.min(h, height); row++) {
      const from = (p * h + row) * w;
      out.data.set(x.data.subarray(from, from + run), (p * height + row) * width);
    }
  }
  return out;
}
