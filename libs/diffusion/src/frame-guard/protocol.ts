import type { FrameGuardSpec, Size } from '@worldfarm/core';
import type { SessionOptions } from '../session/session.ts';

export interface GuardData {
  readonly dir: string;
  readonly spec: FrameGuardSpec;
  readonly options: SessionOptions;
}

export interface Question {
  readonly id: number;
  /** RGB24 */
  readonly frame: Uint8Array;
  readonly size: Size;
}

/** Id 0 says that the classifier is loaded, or why not. */
export type Answer = { readonly id: number } & ({ readonly score: number } | { readonly problem: string });
