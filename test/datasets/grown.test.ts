import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Batch } from '@worldfarm/client';
import { LAYOUTS } from '@worldfarm/core';
import { listAll } from '@worldfarm/storage';
import { type DatasetFarm, startDatasetFarm } from './farm.ts';
import { faultsOf, manifestOf } from './verify.ts';

const SMALL = { resolution: '256', num_output_frames: 25, steps: 1 };
const LONG = 120_000;

let farm: DatasetFarm;
before(async () => {
  // Published all the time: what describes a dataset is written while its rows still come and go.
  // Jobs are forgotten at once: only the dataset itself can say what was rendered.
  const environment = { WORLDFARM_BATCH_PUBLISH_MS: '100', WORLDFARM_BATCH_KEEP_JOBS: '0' };
  farm = await startDatasetFarm({ environment });
});
after(() => farm.stop());

const row = (id: string, prompt: string, split?: string) => ({
  id,
  input: { prompt, seed: 1, ...SMALL },
  ...(split && { split }),
});
const rows = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => row(`clip-${from + n}`, `prompt ${from + n}`));
const run = async (
  name: string,
  of: readonly object[],
  output: object = {},
  more: object = {},
): Promise<Batch> => {
  const source = { jsonl: `${of.map((each) => JSON.stringify(each)).join('\n')}\n` };
  const { id } = await farm.client.create({ name, source, output, ...more });
  const batch = await farm.client.wait(id, { pollMs: 50, signal: AbortSignal.timeout(LONG) });
  assert.equal(batch.status, 'completed', batch.message);
  return batch;
};
/** How many of a batch's clips were rendered by a call. */
async function rendersOf(call: () => Promise<Batch>): Promise<number> {
  const since = Date.now();
  const { output } = await call();
  const rows = await manifestOf(farm.objects, output.prefix);
  return rows.filter(({ created_at }) => Date.parse(created_at) >= since).length;
}
const filesUnder = async (prefix: string, extension: string) => {
  const files: string[] = [];
  for await (const { key } of listAll(farm.objects, prefix)) {
    if (key.endsWith(extension)) files.push(key.slice(prefix.length));
  }
  return files;
};

for (const layout of LAYOUTS) {
  const output = { layout, shard_bytes: 150 };
  const extension = layout === 'webdataset' ? '.tar' : '.mp4';

  describe(`a ${layout} dataset that was written before`, () => {
    it('is whole although it is described while it is written', async () => {
      const batch = await run(`described-${layout}`, rows(1, 40), output, { max_active: 3 });
      assert.deepEqual((await faultsOf(farm.objects, batch.output.prefix, 40)).faults, []);
    });

    it('renders only what is new when it grows, and keeps what is there', async () => {
      const name = `grows-${layout}`;
      await run(name, rows(5, 12), output);
      const renders = await rendersOf(() => run(name, rows(1, 16), output));
      assert.equal(renders, 8);
      const { faults } = await faultsOf(farm.objects, `datasets/${name}/`, 16);
      assert.deepEqual(faults, []);
    });

    it('holds no clip any more whose row is gone, or has come to another split', async () => {
      const name = `shrinks-${layout}`;
      await run(name, rows(1, 8), output);
      const left = [...rows(3, 6), row('clip-7', 'prompt 7', 'test')];
      assert.equal(await rendersOf(() => run(name, left, output)), 0);
      const prefix = `datasets/${name}/`;
      const seen = await faultsOf(farm.objects, prefix, 5);
      assert.deepEqual(seen.faults, []);
      const named = new Set(seen.rows.map(({ file }) => file));
      assert.deepEqual((await filesUnder(prefix, extension)).sort(), [...named].sort());
      if (layout === 'webdataset') await assertShardsHold(prefix, seen.rows);
    });

    it('stays true when names are given to other rows', async () => {
      const name = `swaps-${layout}`;
      const pair = (a: string, b: string) => [row('a', a), row('b', b), row('c', 'third')];
      await run(name, pair('first', 'second'), output);
      for (const [a, b] of [
        ['second', 'first'],
        ['other', 'second'],
        ['first', 'second'],
      ] as const) {
        await run(name, pair(a, b), output);
        const { faults, rows } = await faultsOf(farm.objects, `datasets/${name}/`, 3);
        assert.deepEqual(faults, []);
        assert.deepEqual(
          rows.map(({ id, prompt }) => [id, prompt]),
          [
            ['a', a],
            ['b', b],
            ['c', 'third'],
          ],
        );
      }
    });

    it('knows its clips also when the farm has forgotten the batch', async () => {
      const name = `forgotten-${layout}`;
      const { id } = await run(name, rows(1, 6), output);
      // As when Redis is lost: what lies in storage of the batch tells of rows that are not asked for now.
      const record = await farm.farm.batches.get(id);
      assert.equal(await farm.farm.batches.remove(record!, Date.now()), true);
      assert.equal(await rendersOf(() => run(name, rows(3, 7), output)), 1);
      assert.deepEqual((await faultsOf(farm.objects, `datasets/${name}/`, 5)).faults, []);
    });

    it('knows its clips also after others have used them', async () => {
      const name = `lends-${layout}`;
      const origin = await run(name, rows(1, 4), output);
      const { id } = await farm.client.export(origin.id, { name: `lent-${layout}`, output: { layout } });
      await farm.client.wait(id, { pollMs: 50, signal: AbortSignal.timeout(LONG) });
      await run(`apart-${layout}`, rows(1, 4), output);
      assert.equal(await rendersOf(() => run(name, rows(1, 5), output)), 1);
    });
  });
}

describe('the place of a dataset', () => {
  it('is refused where files lie that are not of the batch, before anything is rendered', async () => {
    await farm.objects.put('mine/data/train/a.mp4', Buffer.from('mine'), { contentType: 'video/mp4' });
    const source = { jsonl: JSON.stringify(row('a', 'one')) };
    const { id } = await farm.client.create({ name: 'intruder', source, output: { prefix: 'mine' } });
    const batch = await farm.client.wait(id, { pollMs: 50, signal: AbortSignal.timeout(LONG) });
    assert.equal(batch.status, 'failed');
    assert.match(batch.message!, /mine\/ holds files that are not this batch's/);
    assert.deepEqual(await filesUnder('mine/', ''), ['data/train/a.mp4']);
  });
});

/** A shard holds the clips that the manifest says, and no others. */
async function assertShardsHold(
  prefix: string,
  rows: readonly { id: string; split: string; file: string }[],
): Promise<void> {
  for (const [file, own] of Map.groupBy(rows, (each) => each.file)) {
    const { body } = await farm.objects.get(`${prefix}${file}`);
    const names = Buffer.concat(await body.toArray())
      .toString('latin1')
      .match(/[\w-]+\.mp4(?=\0)/g);
    assert.deepEqual(names?.sort(), own.map(({ id }) => `${id}.mp4`).sort());
    for (const { split } of own) assert.ok(file.startsWith(`shards/${split}-`), `${file} of ${split}`);
  }
}
