import { FarmError, type WebhookSecret } from '@worldfarm/core';
import type { Gateway } from '../../gateway.ts';
import { type Call, json, type Reply } from '../../http/call.ts';
import { duration } from '../../submit/options.ts';
import { ownerFilter } from './owner.ts';

const DEFAULT_OVERLAP = '24h';

/** `GET /v1/webhooks/secret`: what signs the webhooks of this key's jobs that bring no secret of their own. */
export async function getSecret(call: Call, { farm }: Gateway): Promise<Reply> {
  return json(200, secretView(await farm.webhooks.secrets.of(call.caller.owner)));
}

/** `POST /v1/webhooks/secret/rotate?overlap=24h`: both secrets sign until the overlap is over. */
export async function rotateSecret(call: Call, { farm }: Gateway): Promise<Reply> {
  return json(200, secretView(await farm.webhooks.secrets.rotate(call.caller.owner, overlapMs(call))));
}

/** `POST /v1/webhooks/endpoints/<id>/secret/rotate?overlap=24h` */
export async function rotateEndpointSecret(call: Call, { farm }: Gateway): Promise<Reply> {
  const { endpoints } = farm.webhooks;
  const { secret } = await endpoints.rotate(call.params.id!, overlapMs(call), ownerFilter(call.caller));
  return json(200, secretView(secret));
}

function secretView({ current, previousUntil }: WebhookSecret) {
  return {
    object: 'webhook.secret',
    secret: current,
    previous_until: previousUntil === undefined ? undefined : new Date(previousUntil).toISOString(),
  };
}

/** @throws FarmError invalid_request */
function overlapMs({ query }: Call): number {
  const result = duration.safeParse(query.overlap ?? DEFAULT_OVERLAP);
  if (result.success) return result.data * 1000;
  throw new FarmError('invalid_request', 'overlap: expected a duration such as 90s, 30m or 2h', {
    param: 'overlap',
  });
}
