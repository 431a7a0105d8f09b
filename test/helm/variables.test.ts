import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parseStoreUrl } from '@worldfarm/storage';
import { containersOf, environmentOf, isOurs } from './support/containers.ts';
import { CHART, find } from './support/helm.ts';
import { renderAll } from './support/value-sets.ts';
import { CONFIGURATIONS, LEFT_OUT, READ_BY_LIBRARIES, variablesOf } from './support/variables.ts';

interface ValuesSchema {
  definitions: Record<string, { enum: string[] }>;
}

describe('variables of the chart', () => {
  const set = new Map<string, Set<string>>();
  let schema: ValuesSchema;
  before(async () => {
    schema = JSON.parse(await readFile(join(CHART, 'values.schema.json'), 'utf8'));
    for (const { manifests } of (await renderAll()).values()) {
      for (const container of manifests.flatMap(containersOf).filter(isOurs)) {
        const program = container.args?.[0] ?? '';
        const names = set.get(program) ?? new Set();
        for (const { name } of container.env ?? []) names.add(name);
        set.set(program, names);
      }
    }
  });

  for (const [program, { values, sources }] of Object.entries(CONFIGURATIONS)) {
    it(`are all read by the configuration of ${program}`, async () => {
      const read = await variablesOf(...sources);
      const unread = [...set.get(program)!].filter((name) => !read.has(name) && !READ_BY_LIBRARIES.has(name));
      assert.deepEqual(unread, []);
    });

    if (!values) continue;
    it(`cover all that ${program} reads: set by a template, or allowed in ${values}.settings`, async () => {
      const allowed = new Set(schema.definitions[`${values}Variable`]!.enum);
      const out = (name: string) => set.get(program)!.has(name) || allowed.has(name) || name in LEFT_OUT;
      const missing = [...(await variablesOf(...sources))].filter((name) => !out(name));
      assert.deepEqual(missing, [], `add them to ${values}Variable of helm/worldfarm/values.schema.json`);
    });

    it(`allow nothing in ${values}.settings that ${program} would not read`, async () => {
      const read = await variablesOf(...sources);
      const allowed = schema.definitions[`${values}Variable`]!.enum;
      assert.deepEqual(
        allowed.filter((name) => !read.has(name)),
        [],
      );
    });
  }

  it('name a store that can be opened', async () => {
    const stores = new Map<string, unknown>();
    for (const [name, { manifests }] of await renderAll()) {
      const [gateway] = containersOf(find(manifests, 'Deployment', 'gateway'));
      stores.set(name, parseStoreUrl(environmentOf(gateway!).WORLDFARM_STORE!));
    }
    assert.deepEqual(stores.get('no-keda'), { kind: 'folder', root: '/store' });
    assert.deepEqual(stores.get('full'), {
      kind: 's3',
      bucket: 'clips',
      prefix: 'farm/',
      region: 'eu-west-1',
    });
    assert.deepEqual(stores.get('airgapped'), {
      kind: 's3',
      bucket: 'clips',
      endpoint: 'https://minio.storage.local:9000',
      publicEndpoint: 'https://media.example.com',
      forcePathStyle: true,
    });
  });

  it('of every program that the chart starts are checked here', () => {
    const programs = [...set.keys()].filter((program) => program !== 'infra/docker/farm-test/main.ts');
    assert.deepEqual(programs.sort(), Object.keys(CONFIGURATIONS).sort());
  });
});
