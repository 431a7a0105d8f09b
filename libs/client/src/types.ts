import type { Family, JobStatus, Mode, Priority, Progress, Tier } from '@worldfarm/core';

/** A job as the API shows it (CONTRACT: jobs). */
export interface Job {
  readonly id: string;
  readonly object: 'job';
  readonly status: JobStatus;
  readonly family: Family;
  readonly mode: Mode;
  readonly profile: string;
  readonly tier: Tier;
  readonly priority: Priority;
  readonly created_at: string | number;
  readonly progress: Progress;
  readonly queue_position?: number;
  readonly attempt: number;
  readonly worker?: string;
  readonly seed?: number;
  readonly output?: {
    readonly video?: {
      readonly width: number;
      readonly height: number;
      readonly frames: number;
      readonly fps: number;
      readonly bytes: number;
      readonly sha256: string;
      readonly url?: string;
    };
  };
  readonly error?: { readonly type: string; readonly message: string };
  readonly metrics: Readonly<Record<string, number>>;
  readonly urls: Readonly<Record<string, string>>;
}

export interface JobList {
  readonly data: readonly Job[];
  readonly next_cursor?: string;
}

export interface SubmitOptions {
  readonly profile?: string;
  readonly priority?: Priority;
  readonly tags?: Readonly<Record<string, string>>;
  /** drawn when absent, so that sending again is safe */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** A worker as the API shows it. */
export interface WorkerView {
  readonly id: string;
  readonly status: string;
  readonly device: string;
  readonly profiles: readonly string[];
  readonly tiers: readonly string[];
  readonly jobs_done: number;
  readonly jobs_failed: number;
  readonly job?: string;
  /** the last clip's thumbnail: its key, and where to look at it */
  readonly last_thumbnail?: string;
  readonly last_thumbnail_url?: string;
}
