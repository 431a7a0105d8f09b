import type { ListedObject, ObjectStore } from './store.ts';

/** Every object under a prefix, page by page, so that a million keys never sit in memory. */
export async function* listAll(
  store: Pick<ObjectStore, 'list'>,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<ListedObject> {
  let cursor: string | undefined;
  do {
    const page = await store.list(prefix, { cursor, signal });
    yield* page.objects;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
