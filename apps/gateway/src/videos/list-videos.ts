import { schemaError } from '@worldfarm/core';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';
import { videoView } from './view.ts';

const querySchema = z.object({
  after: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/, 'not an id of ours')
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'expected 1 to 100')
    .transform(Number)
    .pipe(z.number().min(1, 'at least 1').max(100, 'at most 100'))
    .default(20),
  order: z.literal('desc', 'newest first is the only order').default('desc'),
});

/** `GET /v1/videos`: newest first. */
export async function listVideos(call: Call, { farm }: Gateway): Promise<Reply> {
  const result = querySchema.safeParse(call.query);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  const { after, limit } = result.data;
  const owner = call.caller.admin ? undefined : call.caller.owner;
  const { records, next } = await farm.jobs.list(
    { owner, profile: call.params.profile },
    { limit, cursor: after },
  );
  return json(200, {
    object: 'list',
    data: records.map(videoView),
    first_id: records[0]?.spec.id ?? null,
    last_id: records.at(-1)?.spec.id ?? null,
    has_more: next !== undefined,
  });
}
