import { createHash } from 'node:crypto';
import {
  batchJobId,
  batchKeys,
  type BatchRow,
  CHUNK_ROWS,
  type JobRecord,
  ROW_STATES,
  type RowResult,
  type RowState,
  schemaError,
} from '@worldfarm/core';
import type { BatchRecord } from '@worldfarm/queue';
import { readJsonLines } from '@worldfarm/storage';
import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { json } from '../../http/call.ts';
import { withBatch } from './with-batch.ts';

const STATUSES = ['queued', 'active', 'succeeded', 'failed', 'canceled'] as const;

/** What a caller's status means in states of rows. Which open rows are active only their jobs know. */
const STATES_OF: Record<(typeof STATUSES)[number], readonly RowState[]> = {
  queued: ['pending', 'open'],
  active: ['open'],
  succeeded: ['staged', 'done'],
  failed: ['failed'],
  canceled: ['canceled'],
};

const query = z.object({
  status: z.enum(STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.coerce.number().int().min(0).default(0),
});

/** `GET /v1/batches/<id>/items`: the rows of a batch in their order, page by page. */
export const batchItems = withBatch(async (record, call, gateway) => {
  const result = query.safeParse(call.query);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  const { status, limit, cursor } = result.data;
  const states = await gateway.farm.batches.states(record.id);
  const wanted = status ? STATES_OF[status] : ROW_STATES;
  const rows: number[] = [];
  let row = cursor;
  for (; row < states.length && rows.length < limit; row++) {
    if (wanted.includes(ROW_STATES[states[row]!]!)) rows.push(row);
  }
  const items = await readItems(rows, states, record, gateway);
  return json(200, {
    object: 'list',
    data: status ? items.filter((item) => item.status === status) : items,
    next_cursor: row < states.length ? String(row) : null,
    has_more: row < states.length,
  });
});

async function readItems(
  rows: readonly number[],
  states: Uint8Array,
  record: BatchRecord,
  { farm, store }: Gateway,
) {
  const keys = batchKeys(record);
  const items = [];
  for (const [chunk, some] of Map.groupBy(rows, (row) => Math.floor(row / CHUNK_ROWS))) {
    const [specs, results] = await Promise.all([
      readJsonLines<BatchRow>(store, keys.rows(chunk)),
      readJsonLines<RowResult>(store, keys.results(chunk)),
    ]);
    const byRow = new Map(results.map((result) => [result.row, result]));
    const open = some.filter((row) => ROW_STATES[states[row]!] === 'open');
    const jobs = await farm.jobs.getMany(open.map((row) => jobIdOf(record, specs[row % CHUNK_ROWS]!)));
    const byJob = new Map(jobs.map((job) => [job.spec.id, job]));
    for (const row of some) {
      const spec = specs[row % CHUNK_ROWS]!;
      items.push(itemView(spec, ROW_STATES[states[row]!]!, byRow.get(row), byJob.get(jobIdOf(record, spec))));
    }
  }
  return items;
}

const jobIdOf = ({ id, createdAt }: BatchRecord, { key }: BatchRow) =>
  batchJobId(id, createdAt, key, (text) => createHash('sha256').update(text).digest('hex'));

function itemView(
  spec: BatchRow,
  state: RowState,
  result: RowResult | undefined,
  job: JobRecord | undefined,
) {
  const { id, line, split } = spec;
  if ((state === 'done' || state === 'staged') && result && 'clip' in result) {
    const { file, sha256, bytes, prompt, seed, job: made, scores } = result.clip;
    return { id, line, split, status: 'succeeded', job: made, file, sha256, bytes, prompt, seed, scores };
  }
  if ((state === 'failed' || state === 'canceled') && result && 'failure' in result) {
    const { type, message, job: tried } = result.failure;
    return { id, line, split, status: state, job: tried, error: { type, message } };
  }
  const running = state === 'open' && job?.status === 'active';
  return {
    id,
    line,
    split,
    status: state === 'canceled' ? state : running ? 'active' : 'queued',
    ...(job && { job: job.spec.id, progress: job.progress }),
  };
}
