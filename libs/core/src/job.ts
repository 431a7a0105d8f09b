import { z } from 'zod';
import type { ErrorType } from './errors.ts';
import type { Family, Mode } from './modes.ts';
import type { OutputPlan, RenderPlan } from './plan.ts';
import type { JobStatus } from './status.ts';
import type { Tier } from './tiers.ts';

export const prioritySchema = z.enum(['high', 'normal', 'low']);
export type Priority = z.infer<typeof prioritySchema>;

export type RenderStage = 'queued' | 'inputs' | 'text' | 'steps' | 'decode' | 'encode' | 'publish' | 'done';

/** How far a job is. `value` grows from 0 to 1 within an attempt. */
export interface Progress {
  readonly value: number;
  readonly stage: RenderStage;
  readonly step?: number;
  readonly steps?: number;
}

/** A stored file of a job, named by key; URLs are made when read. */
export interface OutputFile {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly type: string;
}

export interface VideoFile extends OutputFile {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly fps: number;
  readonly codec: string;
  readonly seconds: number;
}

export interface JobOutput {
  readonly video?: VideoFile;
  /** text2image renders */
  readonly image?: OutputFile & { width: number; height: number };
  readonly thumbnail?: OutputFile;
  readonly metadata?: OutputFile;
}

export interface JobError {
  readonly type: ErrorType | 'timeout' | 'lost_worker' | 'device_fault' | 'out_of_memory' | 'bad_input';
  readonly message: string;
}

/** One failed try, kept so that a job that failed everywhere can say all its reasons. */
export interface AttemptFailure extends JobError {
  readonly attempt: number;
  readonly worker: string;
  /** ms since the epoch */
  readonly at: number;
}

export interface WebhookTarget {
  readonly url: string;
  readonly events?: readonly string[];
  readonly secret?: string;
}

/** What is fixed when a job is accepted. Keys, never bytes. */
export interface JobSpec {
  readonly id: string;
  readonly family: Family;
  readonly mode: Mode;
  readonly profile: string;
  readonly tier: Tier;
  readonly priority: Priority;
  /** ms since the epoch */
  readonly createdAt: number;
  /** the client's body, its media fields replaced by object keys */
  readonly input: Record<string, unknown>;
  readonly plan: RenderPlan;
  readonly output: OutputPlan;
  /** the API key that owns it; `anonymous` where keys are off */
  readonly owner: string;
  readonly tags: Record<string, string>;
  readonly batch?: string;
  readonly webhook?: WebhookTarget;
  /** ms since the epoch: not started by then, it expires */
  readonly deadlineAt?: number;
  /** longest running time of one attempt, in seconds */
  readonly timeoutSeconds?: number;
  /** object key prefix of the outputs, where the client chose one */
  readonly outputPrefix?: string;
  readonly upsampledPrompt?: string;
  readonly warnings: readonly string[];
  /** W3C trace context that its worker and its deliveries go on with: the submit's, or else the client's own */
  readonly traceparent?: string;
}

/** Seconds spent; only what was measured is there. */
export interface JobMetrics {
  readonly queued_seconds?: number;
  readonly render_seconds?: number;
  readonly total_seconds?: number;
  readonly [name: string]: number | undefined;
}

/** A job as the farm keeps it: the spec and what changed since. */
export interface JobRecord {
  readonly spec: JobSpec;
  readonly status: JobStatus;
  /** number of tries so far, the running one included */
  readonly attempt: number;
  /** grows with each pull; a stale one can publish nothing */
  readonly fence: number;
  readonly worker?: string;
  /** ms since the epoch: when it went into its queue, the last time that it did */
  readonly queuedAt?: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly progress: Progress;
  readonly output?: JobOutput;
  readonly error?: JobError;
  readonly failures: readonly AttemptFailure[];
  readonly metrics: JobMetrics;
  readonly cancelRequested: boolean;
  /** key of the newest checkpoint, if any */
  readonly checkpoint?: string;
}
