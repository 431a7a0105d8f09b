import type { Gateway } from '../../gateway.ts';
import { type Call, json, type Reply } from '../../http/call.ts';
import { ownerFilter } from './owner.ts';
import { deliveryView } from './views.ts';

/** `POST /v1/webhooks/deliveries/<id>/redeliver`: sends it now, whatever became of it before. */
export async function redeliver(call: Call, { farm }: Gateway): Promise<Reply> {
  const delivery = await farm.webhooks.deliveries.redeliver(call.params.id!, ownerFilter(call.caller));
  return json(202, deliveryView(delivery));
}
