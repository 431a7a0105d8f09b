import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrno } from './errors.ts';

/** Writes and syncs a new file in `folder`. Returns its path; a failure leaves no file. */
export async function writePending(folder: string, chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const path = join(folder, randomUUID());
  try {
    await using file = await open(path, 'wx');
    for await (const chunk of chunks) await file.writeFile(chunk);
    await file.sync();
    return path;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/**
 * Gives a pending file its name in one step that survives a power cut.
 * @returns false when `ifAbsent` and the name is taken; the pending file is gone either way
 */
export async function commit(pending: string, path: string, ifAbsent = false): Promise<boolean> {
  try {
    await intoFolderOf(path, () => (ifAbsent ? link(pending, path) : rename(pending, path)));
  } catch (error) {
    await rm(pending, { force: true });
    if (ifAbsent && isErrno(error, 'EEXIST')) return false;
    throw error;
  }
  if (ifAbsent) await rm(pending, { force: true });
  await syncFolder(dirname(path));
  return true;
}

/** A delete beside us prunes empty folders, so the folder may vanish while it is made and before it is used. */
async function intoFolderOf(path: string, act: () => Promise<void>): Promise<void> {
  for (let tries = 20; ; tries--) {
    try {
      await mkdir(dirname(path), { recursive: true });
      return await act();
    } catch (error) {
      if (tries === 0 || !isErrno(error, 'ENOENT')) throw error;
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r');
    await folder.sync();
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
