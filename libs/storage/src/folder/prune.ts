import { rm, rmdir, stat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrno } from './errors.ts';

/** Removes the empty folders above `path`, up to but without `root`. */
export async function pruneAbove(path: string, root: string): Promise<void> {
  for (let folder = dirname(path); folder.startsWith(`${root}/`); folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY')) return;
      throw error;
    }
  }
}

/** Removes what writers that died left behind, old enough that no live one can still be at it. */
export async function sweepPending(folder: string, olderThanMs: number, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info && now - info.mtimeMs > olderThanMs) await rm(path, { force: true });
  }
}
