import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { validate } from 'dockerfile-utils';
import { DOCKERFILE, lineage, readStages, type Stage } from './support/dockerfile.ts';
import { ROOT } from './support/helm.ts';

const IMAGES = ['service', 'worker', 'worker-cuda'];

describe('the Dockerfile', () => {
  let stages: Stage[];
  before(async () => {
    stages = await readStages();
  });
  const last = (image: string, keyword: string) =>
    lineage(stages, image).findLast((each) => each.keyword === keyword)?.text;

  it('passes the linter', async () => {
    const problems = validate(await readFile(DOCKERFILE, 'utf8'));
    assert.deepEqual(
      problems.map(({ message, range }) => `${range.start.line + 1}: ${message}`),
      [],
    );
  });

  it('pins every image that it begins with', () => {
    const names = new Set(stages.map(({ name }) => name));
    for (const { base } of stages.filter((stage) => !names.has(stage.base))) {
      assert.match(base, /^[a-z0-9.-]+\/[a-z0-9./-]+:[a-z0-9._-]*\d[a-z0-9._-]*$/);
    }
  });

  it('lets a builder pin each of them by digest', async () => {
    const froms = (await readFile(DOCKERFILE, 'utf8')).match(/^FROM \S*[/$]\S*/gm) ?? [];
    assert.equal(froms.length, 3);
    for (const from of froms) assert.match(from, /^FROM \$\{[A-Z]+_IMAGE\}$/);
  });

  it('takes the Node that the lock file pins to build with', async () => {
    const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    assert.match(stages[0]!.base, new RegExp(`/node:${dependencies.node}-`));
  });

  for (const image of IMAGES) {
    it(`makes ${image} run as somebody who is not root, by number`, () =>
      assert.match(last(image, 'USER')!, /^[1-9]\d*:[1-9]\d*$/));

    it(`lets ${image} say how it is`, () => {
      assert.match(last(image, 'HEALTHCHECK')!, /infra\/docker\/health\/main\.ts/);
    });

    it(`starts a program of the repository in ${image}`, () => {
      // Node as first process would miss a SIGTERM of its first second; tini passes it on.
      assert.deepEqual(JSON.parse(last(image, 'ENTRYPOINT')!), [
        '/usr/bin/tini',
        '-e',
        '143',
        '--',
        '/app/node_modules/node/bin/node',
      ]);
      const [program] = JSON.parse(last(image, 'CMD')!) as string[];
      assert.ok(existsSync(join(ROOT, program!)));
    });

    it(`leaves no package list and no development package in ${image}`, () => {
      const runs = lineage(stages, image).filter(({ keyword }) => keyword === 'RUN');
      for (const { text } of runs.filter(({ text }) => text.includes('apt-get install'))) {
        assert.match(text, /--no-install-recommends/);
        assert.match(text, /rm -rf \/var\/lib\/apt\/lists/);
      }
      const copied = lineage(stages, image).filter(({ text }) => text.endsWith('node_modules node_modules'));
      const [, from] = /--from=(\S+)/.exec(copied.at(-1)!.text)!;
      assert.match(
        lineage(stages, from!)
          .map(({ text }) => text)
          .join('\n'),
        /npm ci --omit=dev/,
      );
    });
  }

  it('brings the packages that npm puts into a workspace, since another version of them is at the root', async () => {
    const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const nested = Object.keys(packages).filter((path) => /^(apps|libs)\/.+\/node_modules\//.test(path));
    assert.ok(nested.length > 0, 'nothing to look at: this test can go');
    for (const image of IMAGES) {
      const copies = lineage(stages, image).filter(({ keyword }) => keyword === 'COPY');
      const from = (target: string) => {
        const copy = copies.findLast(({ text }) => text.endsWith(` ${target}`));
        return /--from=(\S+)/.exec(copy?.text ?? '')?.[1];
      };
      const workspaces = image === 'service' ? 'apps' : 'apps/worker';
      assert.equal(from('libs'), from('node_modules'), image);
      assert.equal(from(workspaces), from('node_modules'), image);
    }
  });

  it('copies only what is there', () => {
    for (const { keyword, text } of stages.flatMap(({ instructions }) => instructions)) {
      if (keyword !== 'COPY') continue;
      const parts = text.split(/\s+/).filter((part) => !part.startsWith('--'));
      for (const source of parts.slice(0, -1)) {
        const path = source.replace(/^\/app\//, '');
        assert.ok(path === 'node_modules' || existsSync(join(ROOT, path)), path);
      }
      assert.ok(
        !text.includes('--from') || stages.some(({ name }) => text.includes(`--from=${name} `)),
        text,
      );
    }
  });

  it('gives the worker CUDA its provider at build time, and the right to use the video engine', () => {
    const packages = lineage(stages, 'worker-cuda-packages').at(-1)!.text;
    // The stage that this is made from says `skip` in the same variable, which wins over a flag.
    assert.match(packages, /ONNXRUNTIME_NODE_INSTALL=cuda12 node \S+onnxruntime-node\/script\/install\.js/);
    assert.match(packages, /test -f \S+libonnxruntime_providers_cuda\.so/);
    assert.match(
      lineage(stages, 'worker-cuda')
        .map(({ text }) => text)
        .join('\n'),
      /NVIDIA_DRIVER_CAPABILITIES=compute,utility,video/,
    );
  });
});
