import { FarmError, isBatchFinal } from '@worldfarm/core';
import type { BatchWish } from '@worldfarm/queue';
import { json } from '../../http/call.ts';
import { viewBatch } from './view.ts';
import { withBatch } from './with-batch.ts';

/** `POST /v1/batches/<id>/cancel|pause|resume`: notes what is wanted; the batch's leader follows within a moment. */
export const controlBatch = (wish: BatchWish) =>
  withBatch(async (record, _call, gateway) => {
    const { farm } = gateway;
    if (isBatchFinal(record.status)) {
      if (wish === 'run' && record.status === 'canceled') {
        // One that was canceled while it was read has no rows to take back: it is read again.
        if ((await farm.batches.retryFailed(record.id)) === 0) await farm.batches.create(record);
      } else if (!(wish === 'cancel' && record.status === 'canceled')) {
        throw new FarmError('invalid_transition', `the batch is ${record.status}`, { param: 'id' });
      }
    } else await farm.batches.want(record.id, wish);
    return json(200, await viewBatch((await farm.batches.get(record.id))!, gateway));
  });
