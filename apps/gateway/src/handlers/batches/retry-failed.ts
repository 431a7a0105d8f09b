import { FarmError } from '@worldfarm/core';
import { json } from '../../http/call.ts';
import { viewBatch } from './view.ts';
import { withBatch } from './with-batch.ts';

/** `POST /v1/batches/<id>/retry-failed`: failed and canceled rows are rendered again, and only those. */
export const retryFailed = withBatch(async (record, _call, gateway) => {
  const { farm } = gateway;
  if (record.status === 'validating' || record.status === 'finishing') {
    throw new FarmError('invalid_transition', `the batch is ${record.status}`, {
      param: 'id',
      retryAfter: 5,
    });
  }
  const retried = await farm.batches.retryFailed(record.id);
  return json(200, { ...(await viewBatch((await farm.batches.get(record.id))!, gateway)), retried });
});
