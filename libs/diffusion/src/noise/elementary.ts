/**
 * Logarithm and circle functions from nothing but + - * / of doubles, which IEEE 754 fixes to the bit. `Math.log` and
 * `Math.cos` are left to the engine by ECMAScript, and noise must be the same on every machine and Node release.
 */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const view = new DataView(new ArrayBuffer(8));

/** Natural logarithm of a positive normal double; relative error under 1e-15. */
export function ln(x: number): number {
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  view.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = view.getFloat64(0);
  // Brings the mantissa to sqrt(1/2)..sqrt(2), where the series below is short.
  if (m > Math.SQRT2) {
    m /= 2;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * z + 1 / k;
  return exponent * LN2_HIGH + (2 * s * sum + exponent * LN2_LOW);
}

/** Cosine and sine of `2 pi u` for u in [0, 1); error under 1e-15. Writes `[cos, sin]`. */
export function circle(u: number, out: Float64Array): void {
  // An eighth of the circle at most is left to the series; quarter turns are exact.
  const quarter = Math.floor(u * 4 + 0.5);
  const a = (u * 4 - quarter) * (Math.PI / 2);
  const z = a * a;
  let s = 1;
  let c = 1;
  for (let k = 9; k >= 1; k--) {
    s = 1 - (s * z) / (2 * k * (2 * k + 1));
    c = 1 - (c * z) / (2 * k * (2 * k - 1));
  }
  s *= a;
  const turn = quarter & 3;
  out[0] = turn === 0 ? c : turn === 1 ? -s : turn === 2 ? -c : s;
  out[1] = turn === 0 ? s : turn === 1 ? c : turn === 2 ? -s : -c;
}
