import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { profileSchema, SHIPPED_PROFILES } from '@worldfarm/core';
import { globSync } from 'node:fs';
import { deletionCost, patchOf } from '@worldfarm/infra/docker/deletion-cost/watch.ts';
import { fetchProfile } from '@worldfarm/infra/docker/model/fetch-profile.ts';
import { openSource, type Source } from '@worldfarm/infra/docker/model/source.ts';
import { parse } from 'yaml';
import { CHART, ROOT } from './support/helm.ts';

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const KERNEL_WORLD = join(ROOT, 'profiles/kernel-world');

describe('copying a model', () => {
  let folder: string;
  let digest: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'worldfarm-model-'));
    digest = sha256(await readFile(join(KERNEL_WORLD, 'profile.json')));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const quiet = () => {};

  it('fetches every file once, and keeps what is there and right', async () => {
    const source = await openSource(pathToFileURL(KERNEL_WORLD).href);
    const target = join(folder, 'whole');
    assert.deepEqual(await fetchProfile(source, target, digest, quiet), { fetched: 6, kept: 0 });
    assert.deepEqual(await fetchProfile(source, target, digest, quiet), { fetched: 0, kept: 6 });
    source.close();
  });

  it('mends a file that was cut or changed', async () => {
    const source = await openSource(pathToFileURL(KERNEL_WORLD).href);
    const target = join(folder, 'mended');
    await fetchProfile(source, target, digest, quiet);
    await writeFile(join(target, 'tokenizer.json'), 'cut');
    assert.deepEqual(await fetchProfile(source, target, digest, quiet), { fetched: 1, kept: 5 });
    source.close();
  });

  it('refuses another profile.json, and leaves nothing by its name', async () => {
    const source: Pick<Source, 'open'> = { open: async () => Readable.from([Buffer.from('{}')]) };
    const target = join(folder, 'other');
    await assert.rejects(
      fetchProfile(source, target, digest, quiet),
      /profile\.json: its SHA-256 is .*, not/,
    );
    assert.deepEqual(await readdir(target), []);
  });

  it('refuses a file whose bytes are not those that profile.json names', async () => {
    const real = await openSource(pathToFileURL(KERNEL_WORLD).href);
    const source: Pick<Source, 'open'> = {
      open: async (path) =>
        path === 'transformer.onnx' ? Readable.from([Buffer.from('evil')]) : real.open(path),
    };
    await assert.rejects(
      fetchProfile(source, join(folder, 'evil'), digest, quiet),
      /transformer\.onnx: its SHA-256/,
    );
    assert.ok(!(await readdir(join(folder, 'evil'))).includes('transformer.onnx'));
    real.close();
  });
});

describe('profiles of the chart', () => {
  for (const path of globSync('profiles/*.json', { cwd: CHART }).sort()) {
    it(`${path} is one`, async () => {
      const profile = profileSchema.parse(JSON.parse(await readFile(join(CHART, path), 'utf8')));
      assert.equal(`profiles/${profile.id}.json`, path);
    });
  }

  it('begin with the one that a farm has by default', async () => {
    const { profiles } = parse(await readFile(join(CHART, 'values.yaml'), 'utf8'));
    assert.deepEqual(
      profiles.map(({ id }: { id: string }) => id),
      [SHIPPED_PROFILES[0]],
    );
  });

  for (const id of SHIPPED_PROFILES) {
    it(`name ${id}, which is in every image, as it is`, async () => {
      const [ours, theirs] = await Promise.all(
        [join(ROOT, 'profiles', id, 'profile.json'), join(CHART, 'profiles', `${id}.json`)].map(
          async (path) => JSON.parse(await readFile(path, 'utf8')),
        ),
      );
      assert.deepEqual(theirs, ours, `copy profiles/${id}/profile.json into helm/worldfarm/profiles`);
    });
  }
});

describe('the deletion cost', () => {
  it('is written when it changes, high while the worker is busy or silent', async () => {
    const written: number[] = [];
    const says: (string | Error)[] = [
      'ready',
      'ready',
      'busy',
      'busy',
      new Error('silent'),
      'draining',
      'ready',
    ];
    const look = deletionCost({
      costs: { idle: 0, busy: 1000 },
      status: async () => {
        const next = says.shift()!;
        if (next instanceof Error) throw next;
        return next;
      },
      annotate: async (cost) => void written.push(cost),
    });
    while (says.length > 0) await look();
    assert.deepEqual(written, [0, 1000, 0]);
  });

  it('is written again after a failure', async () => {
    const written: number[] = [];
    let broken = true;
    const look = deletionCost({
      costs: { idle: 0, busy: 1000 },
      status: async () => 'busy',
      annotate: async (cost) => {
        if (broken) throw new Error('the API is away');
        written.push(cost);
      },
    });
    await assert.rejects(look());
    broken = false;
    await look();
    assert.deepEqual(written, [1000]);
  });

  it("goes to the pod's own annotation", () => {
    const { path, body } = patchOf({ name: 'worker-0', namespace: 'farm' }, 1000);
    assert.equal(path, '/api/v1/namespaces/farm/pods/worker-0');
    assert.deepEqual(JSON.parse(body), {
      metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '1000' } },
    });
  });
});
