import { EngineError, ProfileError } from '../errors.ts';
import type { ErrorData } from './protocol.ts';

export function toErrorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error instanceof ProfileError && { file: error.file, reason: error.reason }),
    ...(error instanceof EngineError && { deviceFault: error.deviceFault }),
    ...(error.cause !== undefined && { cause: String(error.cause) }),
  };
}

/** The error again, of the class that it had; anything unknown becomes an EngineError. */
export function fromErrorData(data: ErrorData): Error {
  const options = data.cause === undefined ? {} : { cause: data.cause };
  const error =
    data.name === 'ProfileError' && data.file !== undefined
      ? new ProfileError(data.file, data.reason ?? data.message, options)
      : new EngineError(data.message, { ...options, deviceFault: data.deviceFault ?? false });
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}
