import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Batch } from '@worldfarm/client';
import { LAYOUTS } from '@worldfarm/core';
import { encodeJpeg } from '@worldfarm/media';
import { listAll } from '@worldfarm/storage';
import { batchCommand } from './command.ts';
import { BUCKETS, type DatasetFarm, openBucket, startDatasetFarm } from './farm.ts';
import { renderUnderFire } from './kill.ts';
import { faultsInFolder, faultsOf } from './verify.ts';

const SMALL = { resolution: '256', num_output_frames: 25, steps: 1 };
const LONG = 120_000;
/** The least part that S3 takes in a multipart upload. */
const PART_BYTES = 5 * 1024 * 1024;

let farm: DatasetFarm;
before(async () => {
  farm = await startDatasetFarm({ storage: 's3' });
});
after(() => farm.stop());

const run = async (spec: object) => {
  const { id } = await farm.client.create(spec);
  return farm.client.wait(id, { pollMs: 50, signal: AbortSignal.timeout(LONG) });
};
const faults = async ({ output }: Batch, expected: number) =>
  (await faultsOf(farm.objects, output.prefix, expected)).faults;
const keysUnder = async (prefix: string) => {
  const keys: string[] = [];
  for await (const { key, bytes } of listAll(farm.objects, prefix)) keys.push(`${key} ${bytes}`);
  return keys;
};
const jsonl = (rows: readonly object[]) =>
  Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

describe('a batch on S3', () => {
  it('takes its rows from every file under a prefix and is laid out each way', async () => {
    const row = (n: number) => ({ id: `clip-${n}`, input: { prompt: `clip ${n}`, seed: n, ...SMALL } });
    const type = { contentType: 'application/jsonlines' };
    await farm.objects.put('rows/a.jsonl', jsonl([row(1), row(2), { input: { prompt: 3 } }]), type);
    await farm.objects.put('rows/b/c.jsonl', jsonl([row(4), row(5)]), type);
    await farm.objects.put('rows/notes.txt', Buffer.from('no rows'), { contentType: 'text/plain' });
    for (const layout of LAYOUTS) {
      const batch = await run({
        name: `rows-${layout}`,
        source: { jsonl: `s3://${BUCKETS.own}/rows/` },
        output: { layout },
      });
      assert.equal(batch.status, 'completed', batch.message);
      assert.equal(batch.counts.invalid, 1);
      const { faults, rows } = await faultsOf(farm.objects, batch.output.prefix, 4);
      assert.deepEqual(faults, []);
      assert.deepEqual(
        rows.map(({ id, line }) => [id, line]),
        [1, 2, 4, 5].map((n) => [`clip-${n}`, n]),
      );
    }
  });

  it('takes its pictures from another bucket that it may read, and from no other', async () => {
    const pictures = await openBucket(farm.s3!, BUCKETS.other);
    for (const shade of [40, 200]) {
      const jpeg = await encodeJpeg(new Uint8Array(64 * 64 * 3).fill(shade), { width: 64, height: 64 });
      await pictures.put(`frames/${shade}.jpg`, jpeg, { contentType: 'image/jpeg' });
    }
    pictures.close();
    const from = (bucket: string) => ({
      grid: {
        template: { prompt: 'it moves', image: '{frame}', seed: 1, ...SMALL },
        axes: { frame: { images: `s3://${bucket}/frames/` } },
      },
    });
    const batch = await run({ name: 'pictures', source: from(BUCKETS.other) });
    assert.equal(batch.status, 'completed', batch.message);
    assert.deepEqual(await faults(batch, 2), []);
    const refused = await run({ name: 'strange', source: from('strangers') });
    assert.equal(refused.status, 'failed');
    assert.match(refused.message!, /the bucket strangers is not on the list/);
  });

  it('writes shards of many parts, whose clips are where the manifest says', async () => {
    const axes = { n: { range: [1, 200] } };
    const prompt = `{n} ${'a long road '.repeat(1600)}`;
    const batch = await run({
      name: 'parts',
      source: { grid: { template: { prompt, seed: 1, ...SMALL }, axes } },
      output: { layout: 'webdataset', shard_bytes: 3_600_000 },
    });
    assert.equal(batch.status, 'completed', batch.message);
    const sizes = (await keysUnder(`${batch.output.prefix}shards/`)).map((line) =>
      Number(line.split(' ')[1]),
    );
    assert.equal(sizes.length, 2);
    assert.ok(sizes[0]! > 2 * PART_BYTES, `${sizes}`);
    assert.deepEqual(await faults(batch, 200), []);
    assert.deepEqual(await keysUnder(`batches/${batch.id}/clips/`), [], 'nothing is left of its staging');
  });

  it('is laid out anew and copied to this disk by links', async () => {
    const axes = { n: { range: [1, 6] } };
    const source = { grid: { template: { prompt: 'clip {n}', seed: 3, ...SMALL }, axes } };
    const origin = await run({ name: 'origin', source });
    for (const layout of ['webdataset', 'lerobot', 'folder']) {
      const made = await farm.client.export(origin.id, { name: `anew-${layout}`, output: { layout } });
      const batch = await farm.client.wait(made.id, { pollMs: 50, signal: AbortSignal.timeout(LONG) });
      assert.deepEqual(await faults(batch, 6), []);
      const folder = await mkdtemp(join(tmpdir(), 'worldfarm-copy-'));
      await batchCommand(farm.url, folder, 'cp', batch.id, folder);
      assert.deepEqual((await faultsInFolder(folder, 6)).faults, []);
      await rm(folder, { recursive: true });
    }
    const [file] = await Array.fromAsync(farm.client.files(origin.id));
    assert.ok(file!.url.startsWith(`${farm.s3}/${BUCKETS.own}/`), 'bytes do not go through the gateway');
  });
});

describe('a batch on S3 whose whole farm is killed', () => {
  for (const layout of LAYOUTS) {
    it(`ends whole as ${layout}`, async () => {
      const plan = { clips: 24, kills: 1, profile: 'null', layout, storage: 's3', seed: 11 } as const;
      const report = await renderUnderFire(plan);
      assert.deepEqual(report.faults, []);
      assert.equal(report.rendered, 24);
      assert.equal(report.again.renders, 0);
    });
  }
});
