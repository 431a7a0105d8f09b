import { prioritySchema, schemaError } from '@worldfarm/core';
import { z } from 'zod';
import { json } from '../http/call.ts';
import { clampPriority } from '../submit/priority.ts';
import { viewJob } from '../views/job.ts';
import { withJob } from './with-job.ts';

/** Body of `POST /v1/jobs/<id>/priority`. */
export const changePrioritySchema = z.strictObject({ priority: prioritySchema });

/** `POST /v1/jobs/<id>/priority`: moves a queued job in the line, up to what its caller may ask for. */
export const changePriority = withJob(async ({ spec }, call, gateway) => {
  const result = changePrioritySchema.safeParse(call.body);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  const priority = clampPriority(result.data.priority, call.caller.limits.priority);
  return json(200, await viewJob(await gateway.farm.jobs.changePriority(spec.id, priority), gateway));
});
