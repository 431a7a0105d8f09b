import {
  batchKeys,
  type BatchRow,
  CHUNK_ROWS,
  FarmError,
  readLine,
  readRow,
  type RequestedPlan,
  type RowError,
  Seen,
  startEstimate,
} from '@worldfarm/core';
import { sha256 } from '../digest.ts';
import { addressOf } from '../inputs/media.ts';
import { sourceRows } from '../inputs/source.ts';
import { inPool } from '../pool.ts';
import { writeJsonLines } from '@worldfarm/storage';
import type { BatchRun } from './batch-run.ts';
import { carriedRows } from './carried.ts';
import { pacesOf } from './paces.ts';
import { mediaSources } from './plan-media.ts';

/** Errors that are kept word for word; more are only counted. */
const MOST_ERRORS = 10_000;
const CHECKS = 16;

interface Checked {
  readonly row: BatchRow;
  readonly plan?: RequestedPlan;
}

/**
 * Reads every row of a batch before any is rendered: good ones go into chunks in storage, bad ones are listed by
 * line and field. One chunk is in memory at a time.
 */
export async function validate(
  run: BatchRun,
): Promise<{ total: number; invalid: number; canceled: boolean }> {
  const { record, store, lead, farm } = run;
  const { dry_run, check_media } = record.spec;
  const keys = batchKeys(record);
  const errors: RowError[] = [];
  const estimate = startEstimate();
  let [total, invalid, chunk] = [0, 0, 0];
  let pending: Checked[] = [];
  let writing: Promise<unknown> = Promise.resolve();
  let canceled = false;

  const refuse = (found: readonly RowError[]) => {
    invalid++;
    estimate.refuse();
    if (errors.length < MOST_ERRORS) errors.push(...found);
  };
  const flush = async () => {
    const rows = check_media ? await withMedia(pending, run, refuse) : pending.map(({ row }) => row);
    pending = rows.slice(CHUNK_ROWS).map((row) => ({ row }));
    const full = rows.slice(0, CHUNK_ROWS);
    await writing;
    total += full.length;
    if (!dry_run) writing = writeJsonLines(store, keys.rows(chunk++), full);
    await lead.patch({ total, invalid });
    canceled = (await farm.batches.get(record.id))?.want === 'cancel';
  };

  for await (const read of rowsOf(run)) {
    run.signal.throwIfAborted();
    if (canceled) break;
    if ('errors' in read) refuse(read.errors);
    else {
      if (read.plan) estimate.add(read.plan, read.row.split);
      if (pending.push(read) < CHUNK_ROWS) continue;
      // With media to look at a chunk may shrink: it is filled up before it is written.
      const good = check_media ? await withMedia(pending, run, refuse) : undefined;
      if (good) pending = good.map((row) => ({ row }));
      if (pending.length >= CHUNK_ROWS) await flush();
    }
  }
  if (pending.length > 0) await flush();
  await writing;
  await writeJsonLines(store, keys.invalid, errors);
  const figures = estimate.result(await pacesOf(record.profile, estimate.tiers(), farm.jobs));
  await store.put(keys.estimate, Buffer.from(JSON.stringify(figures)), { contentType: 'application/json' });
  await lead.patch({ total, invalid });
  return { total, invalid, canceled };
}

/** Rows of the source, read and compared: nothing is rendered twice in one batch. */
async function* rowsOf(run: BatchRun): AsyncGenerator<Checked | { errors: RowError[] }> {
  const { source, output } = run.record.spec;
  if ('batch' in source) {
    for await (const row of carriedRows(run)) yield { row };
    return;
  }
  const [ids, renders] = [new Seen(), new Seen()];
  let shape: string | undefined;
  for await (const given of sourceRows(source, run.reader, run.signal)) {
    const { line } = given;
    const read =
      'text' in given ? readLine(given.text, line, run.context) : readRow(given.value, line, run.context);
    if ('errors' in read) {
      yield read;
      continue;
    }
    const { row, plan } = read;
    const error = (field: string, type: string, message: string) => ({
      errors: [{ line, id: row.id, field, type, message }],
    });
    const named = sha256(row.id);
    const [sameId, sameRender] = [ids.find(named), renders.find(row.key)];
    shape ??= shapeOf(plan);
    if (sameRender) yield error('input', 'duplicate', `the same render as line ${sameRender}`);
    else if (sameId) yield error('id', 'duplicate_id', `line ${sameId} has this id`);
    else if (output.layout === 'lerobot' && shapeOf(plan) !== shape) {
      yield error('input', 'other_shape', `a LeRobot dataset has one size and rate: ${shape}`);
    } else {
      ids.note(named, line);
      renders.note(row.key, line);
      yield read;
    }
  }
}

const shapeOf = ({ width, height, fps }: RequestedPlan) => `${width}x${height} at ${fps} fps`;

/** The rows whose media are there. */
async function withMedia(
  checked: readonly Checked[],
  { reader, signal }: BatchRun,
  refuse: (errors: readonly RowError[]) => void,
): Promise<BatchRow[]> {
  const problems = await inPool(checked, CHECKS, async ({ row, plan }) => {
    for (const source of plan ? mediaSources(plan) : []) {
      const address = addressOf(source);
      if (!address) continue;
      try {
        await reader.check(address, signal);
      } catch (error) {
        if (!(error instanceof FarmError)) throw error;
        const field = `input.${source.field}`;
        return { line: row.line, id: row.id, field, type: 'unreachable_media', message: error.message };
      }
    }
    return undefined;
  });
  for (const problem of problems) if (problem) refuse([problem]);
  return checked.filter((_, nth) => !problems[nth]).map(({ row }) => row);
}
