import { Readable } from 'node:stream';
import { batchKeys, CHUNK_ROWS, isBatchFinal, outputPrefix, type RowResult } from '@worldfarm/core';
import type { BatchRecord } from '@worldfarm/queue';
import { readJsonLines } from '@worldfarm/storage';
import type { Gateway } from '../../gateway.ts';
import { sendStored } from './send-stored.ts';
import { withBatch } from './with-batch.ts';

/** `GET /v1/batches/<id>/manifest`: JSONL, how every clip was made; of the clips so far while the batch runs. */
export const batchManifest = withBatch(async (record, call, gateway) => {
  if (isBatchFinal(record.status)) {
    const whole = await sendStored(`${outputPrefix(record.spec)}manifest.jsonl`, call, gateway);
    if (whole) return whole;
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'application/jsonlines' },
    body: Readable.from(rowsSoFar(record, gateway), { objectMode: false }),
  };
});

async function* rowsSoFar(record: BatchRecord, { store }: Gateway): AsyncGenerator<string> {
  const keys = batchKeys(record);
  for (let chunk = 0; chunk * CHUNK_ROWS < record.total; chunk++) {
    for (const result of await readJsonLines<RowResult>(store, keys.results(chunk))) {
      if ('clip' in result) yield `${JSON.stringify(result.clip)}\n`;
    }
  }
}
