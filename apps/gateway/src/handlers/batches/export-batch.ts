import { batchSpecSchema, compileFilter, FarmError, outputPrefix, schemaError } from '@worldfarm/core';
import { z } from 'zod';
import { submitBatch } from './create-batch.ts';
import { withBatch } from './with-batch.ts';

const exportSchema = z.strictObject({
  name: z.string(),
  filter: z.string().max(2000).optional(),
  output: z.record(z.string(), z.unknown()),
  webhook: z.unknown().optional(),
});

/**
 * `POST /v1/batches/<id>/export`: the batch's clips, all or those that an expression over their rows takes, laid
 * out anew under another prefix. It is a batch itself, of rows that are rendered already.
 */
export const exportBatch = withBatch((record, call, gateway) => {
  const given = exportSchema.safeParse(call.body);
  if (!given.success) throw schemaError(given.error, 'invalid_request');
  const { filter, ...rest } = given.data;
  if (filter !== undefined) compileFilter(filter);
  const spec = batchSpecSchema.safeParse({
    ...rest,
    source: { batch: record.id, ...(filter !== undefined && { filter }) },
    profile: record.profile,
    tags: record.spec.tags,
  });
  if (!spec.success) throw schemaError(spec.error, 'invalid_request');
  if (outputPrefix(spec.data) === outputPrefix(record.spec)) {
    throw new FarmError('invalid_request', 'name: an export has a name and a prefix of its own', {
      param: 'name',
    });
  }
  return submitBatch(spec.data, call, gateway);
});
