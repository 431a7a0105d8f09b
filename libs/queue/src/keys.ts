import type { Priority } from '@worldfarm/core';

/** What a key may use; absent means no limit. */
export interface KeyLimits {
  readonly requestsPerMinute?: number;
  /** unfinished jobs: queued and active */
  readonly active?: number;
  readonly queued?: number;
  /** the best priority that its jobs may have */
  readonly priority?: Priority;
}

/** An API key as it is kept: its secret only as a digest. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** sees and changes everybody's jobs, workers and queues */
  readonly admin: boolean;
  readonly limits: KeyLimits;
  /** ms since the epoch */
  readonly createdAt: number;
}

export interface NewKey {
  readonly name: string;
  readonly admin?: boolean;
  readonly limits?: KeyLimits;
}

export interface KeyStore {
  /** Makes a key. `secret` is what callers send; nobody can read it again. */
  create(wish: NewKey): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /** Oldest first. */
  list(): Promise<readonly ApiKey[]>;
  /** False when there was no such key. */
  revoke(id: string): Promise<boolean>;
  /** The key that a caller's secret belongs to. */
  verify(secret: string): Promise<ApiKey | undefined>;
  /** Counts one request of this minute. `retryAfter` is in seconds, and there only when it was one too many. */
  spend(id: string, perMinute: number): Promise<{ readonly retryAfter?: number }>;
}
