import { FarmError } from '@worldfarm/core';
import type { ByteRange } from './store.ts';

/**
 * Fits a range into an object: an end past the last byte is cut, a start past it is refused, as in HTTP.
 * @returns first and last position, both inside
 */
export function fitRange(range: ByteRange, totalBytes: number): { start: number; end: number } {
  const end = Math.min(range.end ?? totalBytes - 1, totalBytes - 1);
  const sane = Number.isSafeInteger(range.start) && range.start >= 0 && range.start <= end;
  if (!sane) throw badRange();
  return { start: range.start, end };
}

export function badRange(cause?: unknown): FarmError {
  return new FarmError('invalid_request', 'The object has no bytes in that range.', {
    param: 'range',
    cause,
  });
}
