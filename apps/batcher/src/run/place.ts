import { text } from 'node:stream/consumers';
import { FarmError, outputPrefix } from '@worldfarm/core';
import type { BatchRun } from './batch-run.ts';

/** Enough for the first row of a manifest. */
const HEAD_BYTES = 1_000_000;

/**
 * Makes sure that all that lies where the dataset goes is this batch's: files there are written over, and removed
 * when they are no clips of it any more. Looked at once; from then on nobody else writes there.
 * @throws FarmError invalid_request when something else lies there
 */
export async function takePlace({ record, store, lead, signal }: BatchRun): Promise<void> {
  if (await lead.notes('place')) return;
  const prefix = outputPrefix(record.spec);
  const { objects } = await store.list(prefix, { limit: 1, signal });
  if (objects.length > 0 && (await batchOf(`${prefix}manifest.jsonl`, store, signal)) !== record.id) {
    const message = `${prefix} holds files that are not this batch's; choose another name or output.prefix`;
    throw new FarmError('invalid_request', message, { param: 'output.prefix' });
  }
  await lead.note('place', { prefix });
}

/** Which batch a manifest is of, by its first row. */
async function batchOf(
  manifest: string,
  store: BatchRun['store'],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { body } = await store.get(manifest, { range: { start: 0, end: HEAD_BYTES - 1 }, signal });
    const [first = ''] = (await text(body)).split('\n', 1);
    return (JSON.parse(first) as { batch?: string }).batch;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
