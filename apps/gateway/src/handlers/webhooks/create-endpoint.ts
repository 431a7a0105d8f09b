import {
  eventTypeSchema,
  FarmError,
  schemaError,
  webhookSecretSchema,
  webhookUrlSchema,
} from '@worldfarm/core';
import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { type Call, json, type Reply } from '../../http/call.ts';
import { endpointView } from './views.ts';

/** Body of `POST /v1/webhooks/endpoints`. */
export const createEndpointSchema = z.strictObject({
  url: webhookUrlSchema,
  events: z.array(eventTypeSchema).min(1).optional(),
  description: z.string().max(256).optional(),
  secret: webhookSecretSchema.optional(),
  /** admin keys: hear of the jobs of every key */
  everybody: z.boolean().default(false),
});

/** `POST /v1/webhooks/endpoints`: a standing subscription. Its secret is in this reply and in no other. */
export async function createEndpoint(call: Call, { farm }: Gateway): Promise<Reply> {
  const result = createEndpointSchema.safeParse(call.body);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  if (result.data.everybody && !call.caller.admin) {
    throw new FarmError('forbidden', 'everybody: this takes an admin key', { param: 'everybody' });
  }
  const endpoint = await farm.webhooks.endpoints.create({ ...result.data, owner: call.caller.owner });
  return json(201, { ...endpointView(endpoint), secret: endpoint.secret.current });
}
