import type { ClipScores } from './scores.ts';

/** How one clip of a dataset was made (CONTRACT: a row of provenance). */
export interface ProvenanceRow {
  readonly id: string;
  readonly line: number;
  readonly split: string;
  /** relative to the dataset; of a shard where clips are packed */
  readonly file: string;
  /** where in a shard the clip's bytes begin */
  readonly offset?: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly prompt: string;
  readonly upsampled_prompt?: string;
  readonly negative_prompt?: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  readonly fps: number;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly codec?: string;
  readonly family: string;
  readonly mode: string;
  readonly profile: string;
  readonly profile_version: string;
  readonly profile_files: Readonly<Record<string, string>>;
  readonly engine: string;
  readonly worker: string;
  readonly device: string;
  readonly attempt: number;
  readonly timings: Readonly<Record<string, number>>;
  readonly inputs: readonly unknown[];
  readonly tags: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  readonly created_at: string;
  readonly job: string;
  readonly batch: string;
  /** names the render by content */
  readonly key: string;
  readonly scores: ClipScores | null;
  /** the first clip of the dataset that looks the same, in order of rows */
  readonly near_duplicate_of?: string | null;
}

/** What became of a row: rendered, or why not. */
export type RowResult =
  | {
      readonly row: number;
      readonly clip: ProvenanceRow /** where the bytes lie in storage */;
      readonly at: ClipPlace;
    }
  | { readonly row: number; readonly id: string; readonly line: number; readonly failure: RowFailure };

export interface RowFailure {
  readonly status: 'failed' | 'canceled';
  readonly type: string;
  readonly message: string;
  readonly job?: string;
}

/** A stored clip: an object, or a stretch of one. */
export interface ClipPlace {
  readonly key: string;
  readonly offset?: number;
}
