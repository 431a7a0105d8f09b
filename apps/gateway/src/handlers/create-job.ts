import { prioritySchema, profileIdSchema, schemaError } from '@worldfarm/core';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { Call, Reply } from '../http/call.ts';
import { accept } from '../submit/accept.ts';
import {
  duration,
  type FarmOptions,
  outputPlan,
  outputSchema,
  readOptions,
  tagsSchema,
  webhookSchema,
} from '../submit/options.ts';
import { acceptedReply } from '../views/accepted.ts';

/** Body of `POST /v1/jobs`. */
export const createJobSchema = z.strictObject({
  input: z.record(z.string(), z.unknown()),
  profile: profileIdSchema.optional(),
  webhook: webhookSchema.optional(),
  priority: prioritySchema.optional(),
  deadline: duration.optional(),
  timeout: duration.optional(),
  tags: tagsSchema.optional(),
  output: outputSchema.optional(),
});

/** `POST /v1/jobs`: an infer body with the farm's options beside it; always 202. */
export async function createJob(call: Call, gateway: Gateway): Promise<Reply> {
  const result = createJobSchema.safeParse(call.body);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  const { input, ...rest } = result.data;
  const options = merge(readOptions(call), rest, call.params.profile);
  return acceptedReply(await accept({ body: input, options }, call, gateway), gateway);
}

type BodyOptions = Omit<z.infer<typeof createJobSchema>, 'input'>;

/** The body's word counts before a header's, the path's before both. */
function merge(headers: FarmOptions, body: BodyOptions, pathProfile: string | undefined): FarmOptions {
  const prefix = body.output?.prefix;
  return {
    ...headers,
    profile: pathProfile ?? body.profile ?? headers.profile,
    priority: body.priority ?? headers.priority,
    webhook: body.webhook ?? headers.webhook,
    deadlineSeconds: body.deadline ?? headers.deadlineSeconds,
    timeoutSeconds: body.timeout ?? headers.timeoutSeconds,
    tags: { ...headers.tags, ...body.tags },
    output: { ...headers.output, ...(body.output && outputPlan(body.output)) },
    ...(prefix && { outputPrefix: prefix.endsWith('/') ? prefix : `${prefix}/` }),
  };
}
