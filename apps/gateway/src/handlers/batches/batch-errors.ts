import { Readable } from 'node:stream';
import { batchKeys, CHUNK_ROWS, ROW_STATES, type RowError, type RowResult } from '@worldfarm/core';
import type { BatchRecord } from '@worldfarm/queue';
import { readJsonLines } from '@worldfarm/storage';
import type { Gateway } from '../../gateway.ts';
import { withBatch } from './with-batch.ts';

/** `GET /v1/batches/<id>/errors`: JSONL. First what was refused by line and field, then what failed to render. */
export const batchErrors = withBatch((record, _call, gateway) => ({
  status: 200,
  headers: { 'Content-Type': 'application/jsonlines' },
  body: Readable.from(lines(record, gateway), { objectMode: false }),
}));

async function* lines(record: BatchRecord, { farm, store }: Gateway): AsyncGenerator<string> {
  const keys = batchKeys(record);
  for (const error of await readJsonLines<RowError>(store, keys.invalid)) yield `${JSON.stringify(error)}\n`;
  const bad = new Set([ROW_STATES.indexOf('failed'), ROW_STATES.indexOf('canceled')]);
  const states = await farm.batches.states(record.id);
  for (let from = 0; from < states.length; from += CHUNK_ROWS) {
    if (!states.subarray(from, from + CHUNK_ROWS).some((state) => bad.has(state))) continue;
    for (const result of await readJsonLines<RowResult>(store, keys.results(from / CHUNK_ROWS))) {
      if (!('failure' in result) || !bad.has(states[result.row]!)) continue;
      const { line, id, failure } = result;
      yield `${JSON.stringify({ line, id, ...failure })}\n`;
    }
  }
}
