import { FarmError, toEnvelope } from '@worldfarm/core';
import type { Reply } from './call.ts';

/** Turns whatever was thrown into the one envelope; what we did not foresee is `internal` and says nothing. */
export function errorReply(error: unknown): Reply {
  const known = toFarmError(error);
  return {
    status: known.status,
    body: toEnvelope(known),
    headers: {
      ...(known.retryAfter !== undefined && { 'Retry-After': String(Math.ceil(known.retryAfter)) }),
      ...(known.jobId !== undefined && { 'Worldfarm-Job-Id': known.jobId }),
      ...(known.type === 'unauthorized' && { 'WWW-Authenticate': 'Bearer' }),
    },
  };
}

export function toFarmError(error: unknown): FarmError {
  if (error instanceof FarmError) return error;
  return new FarmError('internal', 'something went wrong here; the request id finds it in the log', {
    cause: error,
  });
}
