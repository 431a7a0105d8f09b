import { randomUUID } from 'node:crypto';
import { eventId, FarmError } from '@worldfarm/core';
import { deliveryId, type Endpoint } from '@worldfarm/queue';
import type { Gateway } from '../../gateway.ts';
import { type Call, json, type Reply } from '../../http/call.ts';
import type { Handler } from '../../http/route.ts';
import { ownerFilter } from './owner.ts';
import { endpointView } from './views.ts';

/** `GET /v1/webhooks/endpoints`, oldest first. */
export async function listEndpoints(call: Call, { farm }: Gateway): Promise<Reply> {
  const endpoints = await farm.webhooks.endpoints.list(ownerFilter(call.caller));
  return json(200, { object: 'list', data: endpoints.map(endpointView) });
}

/** Finds the endpoint that the path names; another owner's is not there. */
function withEndpoint(
  handler: (endpoint: Endpoint, call: Call, gateway: Gateway) => Promise<Reply> | Reply,
): Handler {
  return async (call, gateway) => {
    const endpoint = await gateway.farm.webhooks.endpoints.get(call.params.id!);
    const owner = ownerFilter(call.caller);
    if (!endpoint || (owner !== undefined && endpoint.owner !== owner)) {
      throw new FarmError('not_found', 'there is no such webhook endpoint', { param: 'id' });
    }
    return handler(endpoint, call, gateway);
  };
}

export const getEndpoint = withEndpoint((endpoint) => json(200, endpointView(endpoint)));

export const deleteEndpoint = withEndpoint(async ({ id }, _call, { farm }) => {
  await farm.webhooks.endpoints.remove(id);
  return json(200, { id, object: 'webhook.endpoint', deleted: true });
});

/** Sends to it again after it was disabled by a 410. */
export const enableEndpoint = withEndpoint(async ({ id }, _call, { farm }) =>
  json(200, endpointView(await farm.webhooks.endpoints.enable(id))),
);

/** Sends `webhook.test` to this endpoint, through the same queue as everything else. */
export const testEndpoint = withEndpoint(async ({ id, owner }, _call, { farm }) => {
  const subject = randomUUID();
  const data = { object: 'webhook.test', endpoint: id };
  await farm.webhooks.emit({
    type: 'webhook.test',
    subject,
    sequence: 1,
    at: Date.now(),
    owner,
    endpoint: id,
    data,
  });
  const webhookId = eventId(subject, 1);
  return json(202, { webhook_id: webhookId, delivery: deliveryId({ eventId: webhookId, endpoint: id }) });
});
