import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NULL_PROFILE = fileURLToPath(new URL('../fixtures/profiles/null/profile.json', import.meta.url));

/** The null profile at a pace, in a profiles folder of its own. */
export async function writeNullProfile(profiles: string, stepMs: number): Promise<void> {
  const profile = JSON.parse(await readFile(NULL_PROFILE, 'utf8')) as Record<string, unknown>;
  await mkdir(join(profiles, 'null'), { recursive: true });
  await writeFile(
    join(profiles, 'null/profile.json'),
    JSON.stringify({ ...profile, pipeline: { type: 'null', stepMs } }),
  );
}
