const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Wait before each try, counted from the one before (CONTRACT: webhooks). */
export const DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** From the first try to the last, jitter included: who cannot be reached for this long is given up. */
export const WINDOW_MS = 1.2 * DELAYS_MS.reduce((sum, delay) => sum + delay, 0);

/** Delays grow by up to this share, so that what failed together does not come back together. */
const JITTER = 0.2;
const LONGEST_RETRY_AFTER_MS = 24 * HOUR;

/**
 * Wait before the try that follows `made` tries, in ms; undefined when those were all.
 *
 * @param random 0 to 1
 * @param retryAfterMs the receiver's wish: never earlier than that
 */
export function delayAfter(
  made: number,
  { random, retryAfterMs = 0 }: { random: number; retryAfterMs?: number },
): number | undefined {
  const delay = DELAYS_MS[made];
  if (delay === undefined) return undefined;
  const wish = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  return Math.round(Math.max(delay, wish) * (1 + JITTER * random));
}

/** `Retry-After` in ms from now: seconds or an HTTP date; undefined for anything else. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * SECOND;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
