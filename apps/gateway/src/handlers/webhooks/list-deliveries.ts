import { schemaError } from '@worldfarm/core';
import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { type Call, json, type Reply } from '../../http/call.ts';
import { ownerFilter } from './owner.ts';
import { deliveryView } from './views.ts';

const query = z.object({
  job: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/, 'not a job id')
    .optional(),
  status: z.enum(['pending', 'delivered', 'dead', 'dropped']).optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'expected 1 to 1000')
    .transform(Number)
    .pipe(z.number().min(1, 'at least 1').max(1000, 'at most 1000'))
    .default(50),
  cursor: z
    .string()
    .regex(/^\d{1,16}$/, 'not a cursor of ours')
    .optional(),
});

/** `GET /v1/webhooks/deliveries`: newest first; `status=dead` is the dead-letter list. */
export async function listDeliveries(call: Call, { farm }: Gateway): Promise<Reply> {
  const result = query.safeParse(call.query);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  const { limit, cursor, ...filter } = result.data;
  const owner = ownerFilter(call.caller);
  const page = await farm.webhooks.deliveries.list({ ...filter, owner }, { limit, cursor });
  return json(200, {
    object: 'list',
    data: page.deliveries.map(deliveryView),
    next_cursor: page.next ?? null,
    has_more: page.next !== undefined,
  });
}
