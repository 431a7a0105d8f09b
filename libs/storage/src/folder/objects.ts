import type { Stats } from 'node:fs';
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { contentTypeOf } from '../content-type.ts';
import type { Meter } from '../meter.ts';
import type { ObjectInfo, PutResult } from '../store.ts';
import { isErrno, notFound } from './errors.ts';
import type { Layout } from './layout.ts';
import { pruneAbove } from './prune.ts';
import { commit, writePending } from './write.ts';

interface Write {
  contentType: string;
  ifAbsent?: boolean;
}

/** Stores a body under a key. The note of its type comes first: a reader never meets bytes without it. */
export async function writeObject(at: Layout, key: string, body: Meter, how: Write): Promise<PutResult> {
  const pending = await writePending(at.pending, body.chunks);
  await noteContentType(at, key, how.contentType);
  const created = await commit(pending, at.object(key), how.ifAbsent);
  if (created) return { created, ...body.measured() };
  return { created, bytes: (await statObject(at, key))?.size ?? 0 };
}

export async function removeObject(at: Layout, key: string): Promise<void> {
  for (const path of [at.object(key), at.contentType(key)]) {
    try {
      await rm(path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'ERR_FS_EISDIR')) throw error;
    }
    await pruneAbove(path, at.root);
  }
}

/** The file of a key; a folder is no object. */
export async function statObject(at: Layout, key: string): Promise<Stats | undefined> {
  try {
    const stats = await stat(at.object(key));
    return stats.isFile() ? stats : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Opens an object for reading. Throws `not_found`. */
export async function openObject(at: Layout, key: string): Promise<FileHandle> {
  try {
    const file = await open(at.object(key), 'r');
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw notFound();
  } catch (error) {
    throw isErrno(error, 'ENOENT', 'ENOTDIR') ? notFound(error) : error;
  }
}

export async function describeObject(at: Layout, key: string, stats: Stats): Promise<ObjectInfo> {
  return {
    key,
    bytes: stats.size,
    modifiedAt: stats.mtime,
    contentType: await readContentType(at, key),
    // Every write makes a new inode, so the pair tells versions apart even within one clock tick.
    etag: `"${stats.ino.toString(36)}-${Math.round(stats.mtimeMs * 1000).toString(36)}"`,
  };
}

export async function readContentType(at: Layout, key: string): Promise<string> {
  try {
    return await readFile(at.contentType(key), 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return contentTypeOf(key);
    throw error;
  }
}

/** Most types are what the extension says; only the others need a note. */
async function noteContentType(at: Layout, key: string, contentType: string): Promise<void> {
  const note = at.contentType(key);
  if (contentType === contentTypeOf(key)) {
    await rm(note, { force: true });
    return;
  }
  const text = (async function* () {
    yield Buffer.from(contentType);
  })();
  await commit(await writePending(at.pending, text), note);
}
