import { schemaError } from '@worldfarm/core';
import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { type Call, json, type Reply } from '../../http/call.ts';
import { viewBatch } from './view.ts';

const query = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'not a cursor of ours')
    .optional(),
});

/** `GET /v1/batches`: newest first; dry runs are nobody's batches. */
export async function listBatches(call: Call, gateway: Gateway): Promise<Reply> {
  const result = query.safeParse(call.query);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  const { admin, owner } = call.caller;
  const page = await gateway.farm.batches.list(admin ? {} : { owner }, result.data);
  const shown = page.records.filter(({ spec }) => !spec.dry_run);
  return json(200, {
    object: 'list',
    data: await Promise.all(shown.map((record) => viewBatch(record, gateway))),
    next_cursor: page.next ?? null,
    has_more: page.next !== undefined,
  });
}
