import { FarmError, type JobError } from '@worldfarm/core';
import { EngineFault } from '../engines/engine.ts';
import { NoProgress, RunningTimeout } from './watchdog.ts';

/** What is done about a failed attempt. */
export interface Verdict {
  readonly error: JobError;
  readonly retry: boolean;
  readonly countAttempt: boolean;
  /** the engine must be opened anew before the next render */
  readonly reopenEngine: boolean;
  readonly delayMs?: number;
}

const BAD_INPUT = new Set([
  'invalid_request',
  'unprocessable_request',
  'unsupported_mode',
  'unreadable_media',
  'body_too_large',
  'not_found',
  'guardrail_blocked',
]);
const FAULTS: Record<EngineFault['kind'], string> = {
  device_fault: 'the device or its engine failed',
  out_of_memory: 'the device ran out of memory',
};
const DEPENDENCY_DELAY_MS = 5_000;

/** Classes a failure: the input's fault, the device's, a dependency's, or the render's own. */
export function classify(error: unknown): Verdict {
  if (error instanceof RunningTimeout) {
    return {
      error: { type: 'timeout', message: error.message },
      retry: false,
      countAttempt: true,
      reopenEngine: false,
    };
  }
  if (error instanceof NoProgress) {
    return {
      error: { type: 'timeout', message: error.message },
      retry: true,
      countAttempt: true,
      reopenEngine: false,
    };
  }
  if (error instanceof EngineFault) {
    return {
      error: { type: error.kind, message: FAULTS[error.kind] },
      retry: true,
      countAttempt: true,
      reopenEngine: true,
    };
  }
  if (error instanceof FarmError && error.type === 'dependency_unavailable') {
    const { message } = error;
    return {
      error: { type: 'dependency_unavailable', message },
      retry: true,
      countAttempt: false,
      reopenEngine: false,
      delayMs: DEPENDENCY_DELAY_MS,
    };
  }
  if (error instanceof FarmError && BAD_INPUT.has(error.type)) {
    const { type, message } = error;
    return { error: { type, message }, retry: false, countAttempt: true, reopenEngine: false };
  }
  const message = error instanceof FarmError ? error.message : 'the render failed';
  return { error: { type: 'render_failed', message }, retry: true, countAttempt: true, reopenEngine: false };
}
