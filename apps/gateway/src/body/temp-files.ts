import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** No request lasts so long: older files are those of a process that was killed. */
const OLD_MS = 24 * 3_600_000;

/** Removes what a killed gateway left in the folder for uploads. */
export async function sweepTempFiles(folder: string, now = Date.now()): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => /^(upload|sheet)-/.test(each))) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info && now - info.mtimeMs > OLD_MS) await rm(path, { recursive: true, force: true });
  }
}
