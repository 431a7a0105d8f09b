import { text } from 'node:stream/consumers';
import { FarmError } from '@worldfarm/core';
import type { ObjectStore } from '@worldfarm/storage';

/** Says whose records the other objects belong to. */
const OWNER_KEY = 'worldfarm.json';

/**
 * Whether what no record refers to may be removed. To a farm whose records are another's, or were lost, every object
 * looks orphaned. The first farm that looks makes a store its own; who wants to hand it to another removes
 * `worldfarm.json`.
 *
 * @param records names the records; new ones have another name
 */
export async function ownsStore(store: Pick<ObjectStore, 'get' | 'put'>, records: string): Promise<boolean> {
  const owner = await ownerOf(store);
  if (owner !== undefined) return owner === records;
  const body = Buffer.from(`${JSON.stringify({ records })}\n`);
  await store.put(OWNER_KEY, body, { contentType: 'application/json', ifAbsent: true });
  return (await ownerOf(store)) === records;
}

async function ownerOf(store: Pick<ObjectStore, 'get'>): Promise<string | undefined> {
  try {
    const { body } = await store.get(OWNER_KEY);
    return (JSON.parse(await text(body)) as { records?: string }).records;
  } catch (error) {
    if (error instanceof FarmError && error.type === 'not_found') return undefined;
    throw error;
  }
}
