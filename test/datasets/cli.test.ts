import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { batchCommand } from './command.ts';
import { type DatasetFarm, startDatasetFarm } from './farm.ts';
import { faultsInFolder } from './verify.ts';

let farm: DatasetFarm;
let folder: string;
before(async () => {
  farm = await startDatasetFarm();
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-batch-cli-'));
});
after(async () => {
  await farm.stop();
  await rm(folder, { recursive: true, force: true });
});

const batch = (...args: string[]) => batchCommand(farm.url, folder, ...args);

describe('worldfarm batch', () => {
  it('takes a spec with rows beside it all the way to a copy on this disk', async () => {
    const row = (n: number) => ({ id: `clip-${n}`, input: { prompt: `clip ${n}`, num_output_frames: 25 } });
    await writeFile(
      join(folder, 'rows.jsonl'),
      `${[1, 2, 3].map((n) => JSON.stringify(row(n))).join('\n')}\n{"bad"\n`,
    );
    await writeFile(
      join(folder, 'spec.yaml'),
      [
        'name: cones',
        'source:',
        '  jsonl: rows.jsonl',
        'defaults:',
        '  resolution: "256"',
        '  steps: 1',
        '',
      ].join('\n'),
    );
    const dry = JSON.parse(await batch('create', 'spec.yaml', '--dry-run'));
    assert.deepEqual([dry.estimate.rows, dry.estimate.invalid], [3, 1]);

    const made = await batch('create', 'spec.yaml', '--wait');
    const id = /^batch_\w+/.exec(made)![0];
    assert.match(made, /100% {2}3\/3 {2}completed {2}1 invalid/);
    assert.match(await batch('status', id), /3\/3 {2}completed/);
    assert.match(await batch('items', id), /^1\tclip-1\tsucceeded\ttrain\tdata\/train\/clip-1\.mp4$/m);
    assert.match(await batch('errors', id), /"line":4,"type":"invalid_json"/);

    assert.match(await batch('cp', id), /^cones-batch_\w+: \d+ files/);
    const copy = join(folder, `cones-${id}`);
    assert.deepEqual((await faultsInFolder(copy, 3)).faults, []);
    await unlink(join(copy, 'data/train/clip-2.mp4'));
    assert.match(await batch('cp', `cones-${id}`), /2 were there/);
    assert.deepEqual((await faultsInFolder(copy, 3)).faults, []);

    const exported = await batch('export', id, '--name', 'some', '--filter', "id == 'clip-3'", '--wait');
    assert.match(exported, /1\/1 {2}completed/);
    assert.match(
      await readFile(join(farm.store, 'datasets/some/manifest.jsonl'), 'utf8'),
      /^\{"id":"clip-3"/,
    );
  });

  it('goes on with the batch that the name of a file says', async () => {
    await farm.kill(['worker']);
    await writeFile(
      join(folder, 'late.yaml'),
      'name: late\nsource: { grid: { template: { prompt: "clip {n}", resolution: "256" }, axes: { n: { range: [1, 4] } } } }\n',
    );
    const id = /^batch_\w+/.exec(await batch('create', 'late.yaml'))![0];
    await batch('cancel', id);
    await farm.client.wait(id, { pollMs: 50, signal: AbortSignal.timeout(60_000) });
    await farm.start(['worker']);
    assert.match(await batch('create', `late.${id}.yaml`, '--wait'), /4\/4 {2}completed/);
  });
});
