import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { CHART, helm, type Manifest, ROOT } from './support/helm.ts';
import { unknownFields, validate } from './support/schemas.ts';
import { renderAll, VALUE_SETS } from './support/value-sets.ts';

const GOLDEN = join(ROOT, 'test/helm/golden');
/** `UPDATE_GOLDEN=1 node --test test/helm/chart.test.ts` writes them anew; read the difference. */
const update = process.env.UPDATE_GOLDEN === '1';

describe('the chart', () => {
  let rendered: Map<string, { text: string; manifests: Manifest[] }>;
  before(async () => {
    rendered = await renderAll();
  });

  it('is tried with eight value sets or more', () => assert.ok(VALUE_SETS.length >= 8));

  for (const name of VALUE_SETS) {
    it(`passes helm lint --strict with ${name}`, async () => {
      const said = await helm(
        'lint',
        '--strict',
        CHART,
        '--values',
        join('test/helm/values', `${name}.yaml`),
      );
      assert.match(said, /0 chart\(s\) failed/);
    });

    it(`makes objects that their schemas accept with ${name}`, async () => {
      const { manifests } = rendered.get(name)!;
      assert.ok(manifests.length > 10);
      for (const manifest of manifests) {
        await assert.doesNotReject(validate(manifest), `${manifest.kind} ${manifest.metadata.name}`);
      }
    });

    it(`renders ${name} as it did before`, async () => {
      const file = join(GOLDEN, `${name}.yaml`);
      const { text } = rendered.get(name)!;
      if (update) {
        await mkdir(GOLDEN, { recursive: true });
        await writeFile(file, text);
      }
      assert.equal(text, await readFile(file, 'utf8'));
    });
  }

  it('uses no field that Kubernetes does not know', async () => {
    const all = [...rendered.values()].flatMap(({ manifests }) => manifests);
    assert.deepEqual(await unknownFields(all), []);
  });

  it('would be caught using an unknown field or a wrong type', async () => {
    const [deployment] = rendered.get('minimal')!.manifests.filter(({ kind }) => kind === 'Deployment');
    const misspelt = { ...deployment!, spec: { ...deployment!.spec, replica: 1 } };
    assert.match((await unknownFields([misspelt]))[0]!, /"replica"' does not exist/);
    const mistyped = { ...deployment!, spec: { ...deployment!.spec, replicas: 'two' } };
    await assert.rejects(validate(mistyped), /replicas must be integer/);
  });

  it('gives no two objects of a kind one name', () => {
    for (const { manifests } of rendered.values()) {
      const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      assert.deepEqual(
        names.filter((name, index) => names.indexOf(name) !== index),
        [],
      );
    }
  });
});
