/** Frames per second as a fraction, the only form in which 23.976 is exact. */
export interface Rate {
  num: number;
  den: number;
}

/** Rates that television writes as decimals and means as n * 1000/1001. */
const NTSC = [24, 30, 48, 60, 120];
const NTSC_TOLERANCE = 0.005;

/** The fraction that a decimal rate means: 24 is 24/1, 23.976 is 24000/1001, 12.5 is 25/2. */
export function toRate(fps: number): Rate {
  if (!(fps > 0 && fps <= 1000)) throw new RangeError('fps must be above 0 and at most 1000');
  if (Number.isInteger(fps)) return { num: fps, den: 1 };
  const full = NTSC.find((n) => Math.abs((n * 1000) / 1001 - fps) < NTSC_TOLERANCE);
  if (full) return { num: full * 1000, den: 1001 };
  const num = Math.max(1, Math.round(fps * 1000));
  const divisor = gcd(num, 1000);
  return { num: num / divisor, den: 1000 / divisor };
}

/** ffmpeg's form: `24/1`. */
export function rateText({ num, den }: Rate): string {
  return `${num}/${den}`;
}

/** Reads ffprobe's `24000/1001`; undefined for its `0/0`. */
export function parseRate(text: string | undefined): Rate | undefined {
  const [num, den] = (text ?? '').split('/').map(Number);
  return num && den ? { num, den } : undefined;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
