/**
 * Noise levels that are evenly spaced in `sigma^(1/rho)`, from `max` to `min`, rounded to float32.
 * Source: Karras et al. 2022, arXiv 2206.00364, equation 5.
 */
export function karrasSigmas(steps: number, min: number, max: number, rho = 7): Float64Array {
  const low = min ** (1 / rho);
  const high = max ** (1 / rho);
  return Float64Array.from({ length: steps }, (_, i) => {
    const ramp = steps === 1 ? 0 : i / (steps - 1);
    return (high + ramp * (low - high)) ** rho;
  });
}

/** float32 values with one more level at the end. */
export function withLast(sigmas: Float64Array, last: number): Float64Array {
  return Float64Array.of(...sigmas.map(Math.fround), Math.fround(last));
}
