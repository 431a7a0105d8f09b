import { type BatchRow, compileFilter, FarmError, type RowResult, splitOf } from '@worldfarm/core';
import { NearDuplicates } from '@worldfarm/dataset';
import { sha256 } from '../digest.ts';
import { openResults } from '../rows/results.ts';
import type { BatchRun } from './batch-run.ts';

/** A row that another batch has rendered already: it is only brought into this dataset. */
export interface CarriedRow extends BatchRow {
  readonly from: Extract<RowResult, { clip: unknown }>;
}

export function isCarried(row: BatchRow): row is CarriedRow {
  return 'from' in row;
}

/** The finished rows of the batch that an export names, those that its filter takes. */
export async function* carriedRows(run: BatchRun): AsyncGenerator<CarriedRow> {
  const { spec, owner } = run.record;
  if (!('batch' in spec.source)) return;
  const origin = await run.farm.batches.get(spec.source.batch);
  if (!origin || origin.owner !== owner) {
    throw new FarmError('not_found', `there is no batch ${spec.source.batch}`, { param: 'source.batch' });
  }
  const takes = compileFilter(spec.source.filter ?? 'true');
  const renamed = Object.keys(spec.output.splits).join() !== 'train';
  const duplicates = new NearDuplicates();
  for await (const result of openResults(run, origin).clips()) {
    const { clip } = result;
    const near_duplicate_of = clip.scores ? duplicates.add(clip.id, clip.scores.phash) : null;
    if (!takes({ ...clip, near_duplicate_of } as unknown as Record<string, unknown>)) continue;
    const split = renamed ? splitOf(clip.id, spec.output.splits, sha256) : clip.split;
    yield { line: clip.line, id: clip.id, key: clip.key, split, input: {}, from: result };
  }
  // A new revision puts its results elsewhere, and those that were read may have been taken away under our hands.
  if ((await run.farm.batches.get(origin.id))?.revision === origin.revision) return;
  throw new FarmError(
    'invalid_transition',
    `${origin.id} was changed while it was exported; export it again`,
  );
}
