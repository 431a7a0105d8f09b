import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { COLUMNS } from '@worldfarm/infra/sim/report.ts';
import { sizing } from '@worldfarm/infra/sim/sizing.ts';
import { CHART, find, helm, parseManifests, ROOT } from './support/helm.ts';

describe('docs/kubernetes.md', () => {
  let page: string;
  before(async () => {
    page = await readFile(join(ROOT, 'docs/kubernetes.md'), 'utf8');
  });
  const blocks = (language: string) =>
    [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text!);

  it('has the sizing table that its command makes', () => assert.ok(page.includes(sizing())));

  it('has the tables of the simulation, with the target met and no work lost', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| bursty '));
    assert.equal(rows.length, 3);
    const cells = rows
      .find((line) => line.includes('| 5 min '))!
      .split('|')
      .map((cell) => cell.trim());
    const value = (column: string) => Number(cells[COLUMNS.indexOf(column) + 1]);
    assert.ok(value('of ideal') <= 1.25);
    assert.equal(value('work lost, min'), 0);
  });

  it('installs in ten commands', () => {
    assert.equal(blocks('sh')[0]!.trim().split('\n').length, 10);
  });

  it('shows values that the chart takes', async () => {
    const [farm, storage] = blocks('yaml').map((text) => parse(text));
    const over = ['--set-json', `storage=${JSON.stringify(storage.storage)}`];
    for (const more of [[], over]) {
      const json = Object.entries(farm).flatMap(([key, value]) => [
        '--set-json',
        `${key}=${JSON.stringify(value)}`,
      ]);
      const text = await helm('template', 'farm', CHART, '--namespace', 'worldfarm', ...json, ...more);
      assert.ok(find(parseManifests(text), 'Deployment', 'cosmos3-nano-all'));
    }
  });

  it('names objects as the chart names them', async () => {
    const text = await helm(
      'template',
      'farm',
      CHART,
      '--namespace',
      'worldfarm',
      '--set',
      'storage.s3.bucket=clips',
    );
    const names = parseManifests(text).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    assert.ok(names.includes('Deployment farm-worldfarm-gateway'));
    assert.ok(names.includes('StatefulSet farm-worldfarm-redis'));
  });
});
