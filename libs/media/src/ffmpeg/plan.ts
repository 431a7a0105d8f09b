import type { ErrorType } from '@worldfarm/core';

/** One run of ffmpeg, decided before anything is started: what follows is exactly its argument list. */
export interface Plan {
  input: readonly string[];
  output: readonly string[];
  /** A second file that the same run writes. */
  beside?: { path: string; output: readonly string[] };
  /** What the caller is told when ffmpeg gives up. */
  failure: { type: ErrorType; message: string };
  /** Wall clock limit, milliseconds. */
  timeoutMs: number;
}

/** Quiet, and never waiting for a key press. `-nostdin` also keeps ffmpeg off a terminal it inherits. */
export const QUIET = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'error'] as const;
