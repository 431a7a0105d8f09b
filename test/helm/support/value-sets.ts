import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Manifest, parseManifests, ROOT, template } from './helm.ts';

export const VALUE_SETS = globSync(join(ROOT, 'test/helm/values/*.yaml'))
  .map((file) => basename(file, '.yaml'))
  .sort();

/** Every value set, rendered once for all tests of a file. */
export async function renderAll(): Promise<Map<string, { text: string; manifests: Manifest[] }>> {
  const rendered = await Promise.all(
    VALUE_SETS.map(async (name) => {
      const text = await template(name);
      return [name, { text, manifests: parseManifests(text) }] as const;
    }),
  );
  return new Map(rendered);
}
