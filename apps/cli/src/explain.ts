import { ApiError } from '@worldfarm/client';
import { FarmError } from '@worldfarm/core';
import { EngineError, ProfileError } from '@worldfarm/diffusion';
import { ConfigError } from '@worldfarm/service';

/** One sentence for a person at a terminal; a stack only for what we did not foresee. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    const where = error.param ? ` (${error.param})` : '';
    const next = error.type === 'unreachable' ? '\nStart one with: npm start' : '';
    return `worldfarm: ${error.message}${where}${next}`;
  }
  if (FORESEEN.some((kind) => error instanceof kind)) return `worldfarm: ${(error as Error).message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A command that was not called as it must be, or cannot be carried out here. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const FORESEEN = [FarmError, ConfigError, ProfileError, EngineError, UsageError];
