import type { BatchRow, ClipScores, JobRecord, ProvenanceRow } from '@worldfarm/core';

/** What a worker wrote beside a clip. */
export type WorkerMetadata = Omit<ProvenanceRow, 'line' | 'split' | 'job' | 'batch' | 'key' | 'scores'>;

/** The row of a clip: what the worker wrote, under the row's own name and place. */
export function provenanceRow(
  made: WorkerMetadata,
  { spec }: Pick<JobRecord, 'spec'>,
  row: BatchRow,
  placed: { file: string; offset?: number },
  scores: ClipScores | null,
): ProvenanceRow {
  return {
    id: row.id,
    line: row.line,
    split: row.split,
    file: placed.file,
    ...(placed.offset !== undefined && { offset: placed.offset }),
    sha256: made.sha256,
    bytes: made.bytes,
    prompt: made.prompt,
    upsampled_prompt: made.upsampled_prompt,
    negative_prompt: made.negative_prompt,
    seed: made.seed,
    steps: made.steps,
    guidance: made.guidance,
    fps: made.fps,
    frames: made.frames,
    width: made.width,
    height: made.height,
    codec: made.codec,
    family: made.family,
    mode: made.mode,
    profile: made.profile,
    profile_version: made.profile_version,
    profile_files: made.profile_files,
    engine: made.engine,
    worker: made.worker,
    device: made.device,
    attempt: made.attempt,
    timings: made.timings,
    inputs: made.inputs,
    tags: made.tags,
    warnings: made.warnings,
    created_at: made.created_at,
    job: spec.id,
    batch: spec.batch!,
    key: row.key,
    scores,
  };
}
