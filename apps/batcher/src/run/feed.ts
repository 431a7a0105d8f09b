import { type BatchRow, FarmError, isTerminal, type RowResult } from '@worldfarm/core';
import type { OpenJob } from '@worldfarm/queue';
import { submitInSpan } from '@worldfarm/service';
import { inPool } from '../pool.ts';
import type { Rows } from '../rows/chunks.ts';
import type { Renders } from '../rows/renders.ts';
import type { BatchRun } from './batch-run.ts';
import { isCarried } from './carried.ts';
import { type InputCache, jobOf, jobSpecOf } from './job-spec.ts';
import type { FoundClip } from './settle.ts';

const SUBMITS = 16;
const LOOKUPS = 16;

/** A row that needs a render, and one that has one. */
export interface Sorted {
  readonly found: readonly FoundClip[];
  readonly missing: readonly { row: number; spec: BatchRow }[];
}

/**
 * Tells rows that exist already from rows that have to be rendered.
 * @param renders undefined where nothing can have been rendered yet
 */
export async function sortRows(
  rows: readonly number[],
  { chunks, renders }: { chunks: Rows; renders: Renders | undefined },
): Promise<Sorted> {
  const all = await inPool(rows, LOOKUPS, async (row) => {
    const spec = await chunks.get(row);
    const from = isCarried(spec) ? spec.from : undefined;
    const render = from ?? (await renders?.find(spec.key));
    return { row, spec, render };
  });
  return {
    found: all.flatMap(({ row, spec, render }) => (render ? [{ row, spec, render }] : [])),
    missing: all.filter(({ render }) => !render),
  };
}

/**
 * Hands rows to the queues: first noted as open, then submitted, so that a crash in between is mended by doing it
 * again.
 * @returns rows whose job cannot be made
 */
export async function submitRows(
  missing: Sorted['missing'],
  run: BatchRun,
  inputs: InputCache,
): Promise<RowResult[]> {
  await run.lead.move(missing.map(({ row, spec }) => ({ row, to: 'open' as const, job: jobOf(run, spec) })));
  const known = await run.lead.statuses(missing.map(({ spec }) => jobOf(run, spec)));
  const results = await inPool(
    missing.map((each, nth) => ({ ...each, status: known[nth] })),
    SUBMITS,
    (each) => submitOne(each, run, inputs),
  );
  return results.filter((result) => result !== undefined);
}

/** Submits the rows that are noted as open and have no job: a crash, or a full queue, came in between. */
export async function resubmit(
  open: readonly OpenJob[],
  run: BatchRun,
  chunks: Rows,
  inputs: InputCache,
): Promise<RowResult[]> {
  const lost = open.filter(({ status }) => status === undefined);
  const results = await inPool(lost, SUBMITS, async ({ row, status }) =>
    submitOne({ row, spec: await chunks.get(row), status }, run, inputs),
  );
  return results.filter((result) => result !== undefined);
}

async function submitOne(
  { row, spec, status }: { row: number; spec: BatchRow; status: OpenJob['status'] },
  run: BatchRun,
  inputs: InputCache,
): Promise<RowResult | undefined> {
  const { farm, config, tracing } = run;
  const job = jobOf(run, spec);
  try {
    if (status === undefined) {
      const limits = { queueDepth: config.queueDepth };
      // A trace for each job: one of a whole batch would be of no use to anybody.
      await submitInSpan(tracing, await jobSpecOf(spec, run, inputs), undefined, (traced) =>
        farm.jobs.submit(traced, { limits }),
      );
    } else if (isTerminal(status) && status !== 'succeeded') await farm.jobs.retry(job);
    return undefined;
  } catch (error) {
    run.signal.throwIfAborted();
    if (!(error instanceof FarmError)) throw error;
    // The row stays open and is submitted when the queue has room.
    if (error.retryable) return undefined;
    const failure = { status: 'failed', type: error.type, message: error.message, job } as const;
    return { row, id: spec.id, line: spec.line, failure };
  }
}
