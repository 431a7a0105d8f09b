import { FarmError } from '@worldfarm/core';

const OUT_OF_ROOM = ['ENOSPC', 'EDQUOT'];

export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What a failed file system call means to the farm; a file that is missing where one must be is a broken store. Cancellation and FarmErrors pass unchanged. */
export function translateFsError(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof FarmError || !isSystemError(error)) return error;
  const message = isErrno(error, ...OUT_OF_ROOM) ? 'Storage is full.' : 'Storage is out of reach.';
  return new FarmError('dependency_unavailable', message, { cause: error });
}

export function notFound(cause?: unknown): FarmError {
  return new FarmError('not_found', 'There is no such object.', { cause });
}

/** Errors of the caller's own body stream are the caller's and keep their shape. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
