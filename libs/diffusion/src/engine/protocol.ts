import type { Profile } from '@worldfarm/core';
import type { EngineOptions } from './options.ts';
import type { UsableProviders } from '../session/providers.ts';
import type { RenderPlan, RenderProgress, RenderRequest, RenderTimings } from '../request.ts';

/** What the engine's thread is started with. */
export interface HostData {
  readonly profileDir: string;
  readonly options: EngineOptions;
}

/** Main thread to engine thread. */
export type ToHost =
  | {
      readonly kind: 'render';
      readonly id: number;
      readonly request: RenderRequest;
      readonly plan: RenderPlan;
      readonly checkpointEvery: number | undefined;
      readonly resume: Uint8Array | undefined;
    }
  /** The consumer has room for one more chunk. */
  | { readonly kind: 'pull'; readonly id: number }
  /** The last checkpoint has been stored; another may follow. */
  | { readonly kind: 'saved'; readonly id: number }
  /** A checkpoint is wanted after the step on its way. */
  | { readonly kind: 'save'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number };

/** An error as plain data; classes do not survive the way between threads. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly file?: string;
  readonly reason?: string;
  readonly deviceFault?: boolean;
  readonly cause?: string | undefined;
}

/** Engine thread to main thread. */
export type FromHost =
  | { readonly kind: 'opened'; readonly profile: Profile; readonly load: LoadReport }
  | { readonly kind: 'refused'; readonly error: ErrorData }
  | {
      readonly kind: 'progress';
      readonly id: number;
      readonly progress: RenderProgress;
      readonly timings: RenderTimings;
    }
  | { readonly kind: 'warnings'; readonly id: number; readonly warnings: readonly string[] }
  | { readonly kind: 'checkpoint'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'chunk'; readonly id: number; readonly chunk: Uint8Array }
  | { readonly kind: 'done'; readonly id: number; readonly timings: RenderTimings }
  | { readonly kind: 'canceled'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorData };

/** How loading went; times in seconds. */
export interface LoadReport {
  readonly seconds: number;
  /** Execution providers in use, and those asked for that do not work on this machine. */
  readonly providers: readonly string[];
  readonly passedOver: UsableProviders['passedOver'];
  /** Reading files for their digests. */
  readonly digests: number;
  /** The throw-away render, when one was asked for. */
  readonly warmUp?: number;
  /** Graph by graph. */
  readonly components: Readonly<Record<string, number>>;
}

/** Chunks that may be on their way before the consumer has asked for them. */
export const CREDITS = 2;
