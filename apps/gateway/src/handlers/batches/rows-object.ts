import { createHash, randomUUID } from 'node:crypto';
import { uploadKeys } from '@worldfarm/core';
import type { Gateway } from '../../gateway.ts';

/**
 * Stores rows under the digest of their bytes, as they come.
 * @returns the address that a spec names them by
 */
export async function storeRows(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  { store }: Pick<Gateway, 'store'>,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  const incoming = uploadKeys.incoming(randomUUID());
  async function* hashed() {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    await store.put(incoming, hashed(), { contentType: 'application/jsonlines', signal });
    const key = uploadKeys.rows(hash.digest('hex'));
    // Also where it is there already: rows that nobody asks for are swept by their age.
    await store.copy(incoming, key, { signal });
    return `store://${key}`;
  } finally {
    await store.delete(incoming);
  }
}
