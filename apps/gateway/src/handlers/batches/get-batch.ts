import { isBatchFinal } from '@worldfarm/core';
import { json } from '../../http/call.ts';
import { viewBatch } from './view.ts';
import { withBatch } from './with-batch.ts';

/** `GET /v1/batches/<id>`. */
export const getBatch = withBatch(async (record, _call, gateway) =>
  json(
    200,
    await viewBatch(record, gateway),
    isBatchFinal(record.status) ? undefined : { 'Retry-After': '2' },
  ),
);
