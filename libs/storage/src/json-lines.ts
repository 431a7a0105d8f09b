import { text } from 'node:stream/consumers';
import { FarmError } from '@worldfarm/core';
import type { ObjectStore } from './store.ts';

/** An object as text; undefined when there is none. */
export async function readText(store: ObjectStore, key: string): Promise<string | undefined> {
  try {
    const { body } = await store.get(key);
    return await text(body);
  } catch (error) {
    if (error instanceof FarmError && error.type === 'not_found') return undefined;
    throw error;
  }
}

/** The lines of a JSONL object, parsed; none when there is no object. */
export async function readJsonLines<T>(store: ObjectStore, key: string): Promise<T[]> {
  const content = (await readText(store, key)) ?? '';
  return content
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Writes values as a JSONL object, whole or not at all. */
export async function writeJsonLines(
  store: ObjectStore,
  key: string,
  values: Iterable<unknown>,
): Promise<void> {
  let content = '';
  for (const value of values) content += `${JSON.stringify(value)}\n`;
  await store.put(key, Buffer.from(content), { contentType: 'application/jsonlines' });
}
