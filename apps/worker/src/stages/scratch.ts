import { mkdtempSync } from 'node:fs';
import { readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes the folder of a job. At once, since the lane idles meanwhile: the threads that do file work may all be
 * waiting for a disk to sync the outputs of other jobs.
 */
export function makeFolder(scratch: string): string {
  return mkdtempSync(join(scratch, 'job-'));
}

/** Removes the folder of a job. Files alone, as nearly always, take half the calls of a recursive removal. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) await unlink(join(folder, name));
    await rmdir(folder);
  } catch {
    await rm(folder, { recursive: true, force: true });
  }
}
