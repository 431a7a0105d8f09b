import type { SessionOptions } from '../session/session.ts';

/** How an engine is opened. */
export interface EngineOptions extends SessionOptions {
  /** Compare every file's SHA-256 with profile.json, not only its size. Default true. */
  readonly digests?: boolean;
  /** Render a short clip at the native size before the engine is ready. By default where a provider is no CPU. */
  readonly warmUp?: boolean;
}
