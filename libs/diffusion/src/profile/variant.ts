import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A profile folder with the files of `dir` and a changed `profile.json`. */
export async function variantOf<T>(dir: string, change: (profile: T) => void): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'variant-'));
  for (const name of await readdir(dir)) {
    if (name !== 'profile.json') await symlink(join(dir, name), join(copy, name));
  }
  const profile = JSON.parse(await readFile(join(dir, 'profile.json'), 'utf8')) as T;
  change(profile);
  await writeFile(join(copy, 'profile.json'), JSON.stringify(profile));
  return copy;
}
