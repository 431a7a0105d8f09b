import { JOB_STATUSES, schemaError, tierSchema } from '@worldfarm/core';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { Call, Reply } from '../http/call.ts';
import { json } from '../http/call.ts';
import { viewJob } from '../views/job.ts';

const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'expected 1 to 1000')
  .transform(Number)
  .pipe(z.number().min(1, 'at least 1').max(1000, 'at most 1000'));

export const listQuery = z.object({
  status: z.enum(JOB_STATUSES).optional(),
  profile: z.string().optional(),
  tier: tierSchema.optional(),
  batch: z.string().optional(),
  tag: z
    .string()
    .regex(/^[^=]+=/, 'expected name=value')
    .optional(),
  limit: limit.default(50),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/, 'not a cursor of ours')
    .optional(),
});

/** `GET /v1/jobs`: newest first, page by page. */
export async function listJobs(call: Call, gateway: Gateway): Promise<Reply> {
  const result = listQuery.safeParse(call.query);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  const { limit, cursor, ...filter } = result.data;
  const profile = call.params.profile ?? filter.profile;
  const owner = call.caller.admin ? undefined : call.caller.owner;
  const page = await gateway.farm.jobs.list({ ...filter, profile, owner }, { limit, cursor });
  return json(200, {
    object: 'list',
    data: await Promise.all(page.records.map((record) => viewJob(record, gateway, { place: false }))),
    next_cursor: page.next ?? null,
    has_more: page.next !== undefined,
  });
}
