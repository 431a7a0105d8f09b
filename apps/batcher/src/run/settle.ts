import { type BatchRow, FarmError, type JobRecord, type RowResult, type RowState } from '@worldfarm/core';
import type { OpenJob } from '@worldfarm/queue';
import type { LayoutWriter } from '../layouts/layout.ts';
import type { Rows } from '../rows/chunks.ts';
import { digestOfClip } from '../rows/clip.ts';
import { provenanceRow, type WorkerMetadata } from '../rows/provenance.ts';
import type { Render } from '../rows/renders.ts';
import type { Results } from '../rows/results.ts';
import { lookAtClip } from '../rows/score.ts';
import { readText } from '@worldfarm/storage';
import type { BatchRun } from './batch-run.ts';
import { isCarried } from './carried.ts';

/** A row whose clip exists already. */
export interface FoundClip {
  readonly row: number;
  readonly spec: BatchRow;
  readonly render: Render;
}

/** What became of a row, and the state that it moves to. */
export interface Settled {
  readonly result?: RowResult;
  readonly to: RowState;
  readonly row: number;
  readonly job?: string;
}

export interface SettleDeps {
  readonly chunks: Rows;
  readonly results: Results;
  readonly layout: LayoutWriter;
}

/** Brings the clip of an ended job into the dataset. */
export async function settleJob({ job, row }: OpenJob, run: BatchRun, deps: SettleDeps): Promise<Settled> {
  // A result that is in storage, and whose move in Redis was not made any more.
  const before = await deps.results.get(row);
  if (before && 'clip' in before) {
    return {
      result: before,
      row,
      job,
      to: before.clip.offset !== undefined || isPlaced(before) ? 'done' : 'staged',
    };
  }
  const record = await run.farm.jobs.get(job);
  if (!record) return { row, job, to: 'pending' };
  const spec = await deps.chunks.get(row);
  if (record.status !== 'succeeded') return { row, job, ...failureOf(record, spec, row) };
  const file = record.output?.video ?? record.output?.image;
  try {
    const made = await metadataOf(record, run);
    if (made && file) return await settleClip(made, record, file, { row, spec, job }, run, deps);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  // Its outputs were removed behind our back: it is rendered again.
  await run.farm.jobs.remove(job);
  return { row, job, to: 'pending' };
}

const isGone = (error: unknown) => error instanceof FarmError && error.type === 'not_found';

async function settleClip(
  made: WorkerMetadata,
  record: JobRecord,
  from: { key: string; type: string },
  { row, spec, job }: { row: number; spec: BatchRow; job: string },
  run: BatchRun,
  { layout }: SettleDeps,
): Promise<Settled> {
  const { bytes } = made;
  const looked = await lookAtClip({ key: from.key, bytes }, run, run.record.spec.output.scores, run.signal);
  if (looked.sha256 !== made.sha256) {
    const failure = {
      status: 'failed',
      type: 'internal',
      message: 'the stored clip is not what was rendered',
      job,
    } as const;
    return { row, job, to: 'failed', result: { row, id: spec.id, line: spec.line, failure } };
  }
  const extension = from.key.slice(from.key.lastIndexOf('.') + 1);
  const placed = await layout.place({
    row,
    id: spec.id,
    split: spec.split,
    extension,
    type: from.type,
    bytes,
    from: { key: from.key },
  });
  const clip = provenanceRow(made, record, spec, placed, looked.scores);
  return { row, job, to: placed.state, result: { row, clip, at: placed.at } };
}

/**
 * Brings a clip that was rendered before into the dataset. What was copied is looked at: the name that it had may
 * have come to another row meanwhile, and then it is looked for, or rendered, again.
 */
export async function settleFound(
  { row, spec, render }: FoundClip,
  run: BatchRun,
  { layout }: SettleDeps,
): Promise<Settled> {
  const { at, clip } = render;
  const extension = at.offset === undefined ? at.key.slice(at.key.lastIndexOf('.') + 1) : 'mp4';
  const type = extension === 'jpg' ? 'image/jpeg' : `video/${extension}`;
  const placed = await layout
    .place({ row, id: spec.id, split: spec.split, extension, type, bytes: clip.bytes, from: at })
    .catch((error: unknown) => {
      if (!isGone(error)) throw error;
      return undefined;
    });
  const copied = placed?.at.key !== at.key;
  if (
    !placed ||
    (copied &&
      (await digestOfClip(run.store, { ...placed.at, bytes: clip.bytes }, run.signal)) !== clip.sha256)
  ) {
    if (!isCarried(spec)) return { row, to: 'pending' };
    const message = 'the clip is not there any more, or is not what its manifest says';
    const failure = { status: 'failed', type: 'not_found', message } as const;
    return { row, to: 'failed', result: { row, id: spec.id, line: spec.line, failure } };
  }
  const { offset: _, near_duplicate_of: __, ...rest } = clip;
  const own = {
    ...rest,
    id: spec.id,
    line: spec.line,
    split: spec.split,
    file: placed.file,
    ...(placed.offset !== undefined && { offset: placed.offset }),
    batch: run.record.id,
  };
  return { row, to: placed.state, result: { row, clip: own, at: placed.at } };
}

const isPlaced = ({ at }: Extract<RowResult, { clip: unknown }>) => !at.key.startsWith('batches/');

function failureOf(record: JobRecord, spec: BatchRow, row: number): Pick<Settled, 'to' | 'result'> {
  const canceled = record.status === 'canceled';
  const failure = {
    status: canceled ? 'canceled' : 'failed',
    type: canceled ? 'job_canceled' : (record.error?.type ?? 'render_failed'),
    message: record.error?.message ?? (canceled ? 'the job was canceled' : 'the render failed'),
    job: record.spec.id,
  } as const;
  return { to: failure.status, result: { row, id: spec.id, line: spec.line, failure } };
}

async function metadataOf({ output }: JobRecord, { store }: BatchRun): Promise<WorkerMetadata | undefined> {
  const file = output?.video ?? output?.image;
  if (!output?.metadata || !file || !(await store.head(file.key))) return undefined;
  const content = await readText(store, output.metadata.key);
  return content === undefined ? undefined : (JSON.parse(content) as WorkerMetadata);
}
