import { FarmError, outputPrefix } from '@worldfarm/core';
import { json } from '../../http/call.ts';
import { sendStored } from './send-stored.ts';
import { withBatch } from './with-batch.ts';

/** `GET /v1/batches/<id>/files`: the files of the dataset, page by page, for whoever copies it. */
export const batchFiles = withBatch(async (record, call, { store, config }) => {
  const prefix = outputPrefix(record.spec);
  const page = await store.list(prefix, { cursor: call.query.cursor, signal: call.signal });
  const data = await Promise.all(
    page.objects.map(async ({ key, bytes }) => {
      const path = key.slice(prefix.length);
      const url = await store.presignGet(key, { expiresIn: config.presignSeconds });
      return { path, bytes, url: url?.href ?? `/v1/batches/${record.id}/files/${encodeURI(path)}` };
    }),
  );
  return json(200, {
    object: 'list',
    data,
    next_cursor: page.cursor ?? null,
    has_more: page.cursor !== undefined,
  });
});

/** `GET /v1/batches/<id>/files/<path>`: one of them. */
export const batchFile = withBatch(async (record, call, gateway) => {
  // Express gives the parts of a wildcard one by one.
  const parts = call.params.path as unknown as readonly string[];
  const found = await sendStored(`${outputPrefix(record.spec)}${parts.join('/')}`, call, gateway);
  if (!found) throw new FarmError('not_found', 'the dataset has no such file', { param: 'path' });
  return found;
});
