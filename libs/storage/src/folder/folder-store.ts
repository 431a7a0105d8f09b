import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { checkFolderPrefix, checkKey, checkPrefix } from '../keys.ts';
import { discard, meter } from '../meter.ts';
import { fitRange } from '../range.ts';
import type { ListedObject, ObjectStore } from '../store.ts';
import { translateFsError } from './errors.ts';
import { layout } from './layout.ts';
import {
  describeObject,
  openObject,
  readContentType,
  removeObject,
  statObject,
  writeObject,
} from './objects.ts';
import { sweepPending } from './prune.ts';
import { walkKeys } from './walk.ts';
import { writePending } from './write.ts';

const DAY_MS = 86_400_000;

/**
 * An object store in a folder, for one machine. Safe for many processes at once; nobody but the store should
 * write there. Makes the folder when it is missing.
 */
export async function openFolderStore({ root }: { root: string }): Promise<ObjectStore> {
  const at = layout(resolve(root));
  await guarded(undefined, async () => {
    await mkdir(at.pending, { recursive: true });
    await sweepPending(at.pending, DAY_MS);
  });

  return {
    put: (key, body, options) =>
      guarded(options.signal, async () => {
        const present = await (options.ifAbsent ? statObject(at, checkKey(key)) : undefined);
        if (!present) return writeObject(at, checkKey(key), meter(body, options), options);
        await discard(body);
        return { created: false, bytes: present.size };
      }),

    get: (key, { range, signal } = {}) =>
      guarded(signal, async () => {
        const file = await openObject(at, checkKey(key));
        try {
          const stats = await file.stat();
          const info = await describeObject(at, key, stats);
          const span = range && fitRange(range, stats.size);
          const body = file.createReadStream(span);
          if (signal) addAbortSignal(signal, body);
          const bytes = span ? span.end - span.start + 1 : stats.size;
          return { ...info, body, bytes, totalBytes: stats.size };
        } catch (error) {
          await file.close();
          throw error;
        }
      }),

    head: (key, { signal } = {}) =>
      guarded(signal, async () => {
        const stats = await statObject(at, checkKey(key));
        return stats && (await describeObject(at, key, stats));
      }),

    delete: (key, { signal } = {}) => guarded(signal, () => removeObject(at, checkKey(key))),

    deletePrefix: (prefix, { signal } = {}) =>
      guarded(signal, async () => {
        let count = 0;
        for await (const key of walkKeys(at.root, checkFolderPrefix(prefix))) {
          signal?.throwIfAborted();
          await removeObject(at, key);
          count++;
        }
        return count;
      }),

    list: (prefix, { cursor, limit = 1000, signal } = {}) =>
      guarded(signal, async () => {
        const objects: ListedObject[] = [];
        for await (const key of walkKeys(at.root, checkPrefix(prefix), cursor)) {
          signal?.throwIfAborted();
          if (objects.length === limit) return { objects, cursor: objects.at(-1)?.key };
          const stats = await statObject(at, key);
          if (stats) objects.push({ key, bytes: stats.size, modifiedAt: stats.mtime });
        }
        return { objects };
      }),

    copy: (from, to, { signal } = {}) =>
      guarded(signal, async () => {
        await using file = await openObject(at, checkKey(from));
        const contentType = await readContentType(at, from);
        const bytes = file.createReadStream({ autoClose: false });
        await writeObject(at, checkKey(to), meter(bytes, { signal }), { contentType });
      }),

    presignGet: async () => undefined,

    check: ({ signal } = {}) =>
      guarded(signal, async () => {
        await rm(await writePending(at.pending, meter(Buffer.from('check'), { signal }).chunks));
      }),

    close: () => {},
  };
}

async function guarded<T>(signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await act();
  } catch (error) {
    throw translateFsError(error, signal);
  }
}
