import { FarmError } from '@worldfarm/core';
import { badRange } from '../range.ts';

/** What a failed S3 call means to the farm. Cancellation and FarmErrors pass unchanged. */
export function translateS3Error(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof FarmError || !isS3Error(error)) return error;
  const status = error.$metadata?.httpStatusCode;
  if (error.name === 'NoSuchBucket') return unavailable('The storage bucket does not exist.', error);
  if (isMissing(error)) return new FarmError('not_found', 'There is no such object.', { cause: error });
  if (error.name === 'InvalidRange' || status === 416) return badRange(error);
  if (status === 401 || status === 403) return unavailable("Storage refuses the farm's credentials.", error);
  return unavailable('Storage is out of reach.', error);
}

export function isMissing(error: unknown): boolean {
  return isS3Error(error) && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

/** `ifAbsent` lost to an object that was there, or to a writer that was at it. */
export function isTaken(error: unknown): boolean {
  return isS3Error(error) && [409, 412].includes(error.$metadata?.httpStatusCode ?? 0);
}

function unavailable(message: string, cause: unknown): FarmError {
  return new FarmError('dependency_unavailable', message, { cause });
}

interface S3Error extends Error {
  $metadata?: { httpStatusCode?: number };
}

/**
 * The SDK marks what it throws: `$metadata` on replies and on calls that got none, a `code` on sockets. Other
 * errors come out of the caller's own body stream and keep their shape.
 */
function isS3Error(error: unknown): error is S3Error {
  if (!(error instanceof Error)) return false;
  return '$metadata' in error || 'code' in error || /Timeout|Credential/.test(error.name);
}
