import { FarmError } from '@worldfarm/core';
import type { BatchRecord } from '@worldfarm/queue';
import type { Gateway } from '../../gateway.ts';
import type { Call, Reply } from '../../http/call.ts';
import type { Handler } from '../../http/route.ts';

type BatchHandler = (record: BatchRecord, call: Call, gateway: Gateway) => Promise<Reply> | Reply;

/** Finds the batch that the path names; another owner's batch is not there. */
export function withBatch(handler: BatchHandler): Handler {
  return async (call, gateway) => {
    const id = call.params.id!;
    const record = /^batch_[0-9a-f]{20}$/.test(id) ? await gateway.farm.batches.get(id) : undefined;
    if (record && (call.caller.admin || record.owner === call.caller.owner)) {
      return handler(record, call, gateway);
    }
    throw new FarmError('not_found', 'there is no such batch', { param: 'id' });
  };
}
