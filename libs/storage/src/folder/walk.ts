import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from './errors.ts';

/**
 * The keys under a prefix after a cursor, in order of their UTF-8 bytes, as S3 lists them. Folders that lie
 * wholly before the cursor are not opened.
 */
export async function* walkKeys(root: string, prefix: string, after = ''): AsyncGenerator<string> {
  for (const name of await sortedNames(join(root, prefix))) {
    const key = prefix + name;
    if (name.startsWith('.')) continue;
    if (!key.endsWith('/')) {
      if (compareBytes(key, after) > 0) yield key;
    } else if (compareBytes(key, after) > 0 || after.startsWith(key)) {
      yield* walkKeys(root, key, after);
    }
  }
}

/** A folder's name gets its slash before sorting: `a.txt` comes before `a/b`, since `.` comes before `/`. */
async function sortedNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort(compareBytes);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** JavaScript compares UTF-16 units, which orders characters beyond the first plane differently. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
