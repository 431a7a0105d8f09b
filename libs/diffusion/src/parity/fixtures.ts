import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Small random profiles with goldens of the reference pipelines; infra/export makes them. */
export const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

const folders = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** Every fixture profile: its name, its folder and the names of its golden cases. */
export function fixtures(): { name: string; dir: string; cases: string[] }[] {
  return folders(FIXTURES)
    .map((name) => ({ name, dir: join(FIXTURES, name) }))
    .filter(({ dir }) => existsSync(join(dir, 'profile.json')))
    .map((fixture) => ({ ...fixture, cases: folders(join(fixture.dir, 'golden')) }));
}
