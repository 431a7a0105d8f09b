import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Batch } from '@worldfarm/client';
import { encodeJpeg } from '@worldfarm/media';
import { openFolderStore } from '@worldfarm/storage';
import { until } from '@worldfarm/test-support';
import { type DatasetFarm, startDatasetFarm } from './farm.ts';
import { faultsOf, manifestOf } from './verify.ts';

let farm: DatasetFarm;
before(async () => {
  farm = await startDatasetFarm();
});
after(() => farm.stop());

const SMALL = { resolution: '256', num_output_frames: 25, steps: 1 };
const LONG = 120_000;

const grid = (prompts: number, seeds = 1) => ({
  grid: {
    template: { prompt: 'clip {n}', seed: '{seed}', ...SMALL },
    axes: { n: { range: [1, prompts] }, seed: { seeds } },
  },
});
const jsonl = (rows: readonly unknown[]) =>
  rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
const ended = (batch: Batch) => farm.client.wait(batch.id, { pollMs: 50, signal: AbortSignal.timeout(LONG) });
const run = async (spec: object) => ended(await farm.client.create(spec));
const datasetOf = (batch: Batch) => [farm.objects, batch.output.prefix] as const;
const folderOf = (batch: Batch) => join(farm.store, batch.output.prefix);
const renders = async () =>
  (await farm.farm.jobs.list({ status: 'succeeded' }, { limit: 1000 })).records.length;
const textOf = async (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

describe('a batch', () => {
  it('becomes a dataset whose manifest is true for every file', async () => {
    const batch = await run({ name: 'small', source: grid(8, 2), output: { splits: { train: 3, test: 1 } } });
    assert.equal(batch.status, 'completed');
    assert.deepEqual(batch.counts, {
      total: 16,
      queued: 0,
      active: 0,
      succeeded: 16,
      failed: 0,
      canceled: 0,
      invalid: 0,
    });
    const folder = folderOf(batch);
    const { faults, rows } = await faultsOf(...datasetOf(batch), 16);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      rows.map(({ line }) => line),
      Array.from({ length: 16 }, (_, nth) => nth + 1),
    );
    assert.equal(rows[0]!.profile, 'null');
    const splits = (await readdir(join(folder, 'data'))).sort();
    assert.deepEqual(splits, ['test', 'train']);
    const lines = await readFile(join(folder, 'data/train/metadata.jsonl'), 'utf8');
    assert.match(lines, /^\{"file_name": "[0-9a-f]{24}\.mp4", "id": /);
    const card = await readFile(join(folder, 'README.md'), 'utf8');
    assert.match(card, /\| clips \| 16 \|/);
    const described = JSON.parse(await readFile(join(folder, 'croissant.json'), 'utf8'));
    assert.deepEqual(described['rai:dataCollectionType'], ['Synthetic data']);
  });

  it('renders nothing when it is asked for again', async () => {
    const spec = { name: 'again', source: grid(6) };
    const first = await run(spec);
    const before = await renders();
    const second = await run(spec);
    assert.equal(second.id, first.id);
    assert.equal(second.counts.succeeded, 6);
    assert.equal(await renders(), before);
  });

  it('renders only what is new when its dataset grows, and keeps every split', async () => {
    const output = { splits: { train: 1, test: 1 } };
    const first = await run({ name: 'grows', source: grid(12), output });
    const splits = new Map((await manifestOf(...datasetOf(first))).map(({ id, split }) => [id, split]));
    const before = await renders();
    const second = await run({ name: 'grows', source: grid(20), output });
    assert.equal(second.id, first.id);
    assert.equal((await renders()) - before, 8);
    const { faults, rows } = await faultsOf(...datasetOf(second), 20);
    assert.deepEqual(faults, []);
    for (const { id, split } of rows) if (splits.has(id)) assert.equal(split, splits.get(id));
    assert.equal(rows.filter(({ id }) => splits.has(id)).length, 12);
  });

  it('takes the renders of another batch where it is told to reuse them', async () => {
    await run({ name: 'origin', source: grid(5, 3) });
    const before = await renders();
    const apart = await run({ name: 'apart', source: grid(5, 3) });
    assert.equal((await renders()) - before, 15);
    const shared = await run({ name: 'shared', source: grid(5, 4), reuse: true });
    assert.equal((await renders()) - before, 20);
    assert.deepEqual((await faultsOf(...datasetOf(apart), 15)).faults, []);
    assert.deepEqual((await faultsOf(...datasetOf(shared), 20)).faults, []);
  });

  it('names every bad row by line and field, and renders the good ones', async () => {
    const good = (n: number) => ({ input: { prompt: `good ${n}`, seed: n, ...SMALL } });
    const bad: [row: unknown, field: string | undefined, type: string][] = [
      ['{"input": {', undefined, 'invalid_json'],
      ['[1, 2]', undefined, 'invalid_type'],
      [{ id: 'no-input' }, 'input', 'invalid_type'],
      [{ id: 'a/b', input: good(1).input }, 'id', 'invalid_format'],
      [{ input: good(2).input, colour: 'red' }, 'colour', 'unknown_field'],
      [{ input: { ...good(3).input, promt: 'x' } }, 'input.promt', 'unknown_field'],
      [{ input: { ...good(4).input, seed: '4' } }, 'input.seed', 'invalid_type'],
      [{ input: { ...good(5).input, num_output_frames: 26 } }, 'input.num_output_frames', 'custom'],
      [{ input: { ...good(6).input, resolution: '999' } }, 'input.resolution', 'invalid_value'],
      [{ input: { seed: 7, ...SMALL } }, 'input.prompt', 'custom'],
      [{ input: { ...good(8).input, image: 'ftp://example.com/a.jpg' } }, 'input.image', 'invalid_request'],
      [{ input: good(9).input, split: 'te st' }, 'split', 'invalid_format'],
      [{ input: good(10).input, tags: { 'a b': 'c' } }, 'tags.a b', 'invalid_key'],
      [{ id: 'twice', input: good(12).input }, 'id', 'duplicate_id'],
      [good(100), 'input', 'duplicate'],
    ];
    const rows = [good(100), { id: 'twice', input: good(101).input }, ...bad.map(([row]) => row), good(102)];
    const batch = await run({ name: 'bad-rows', source: { jsonl: jsonl(rows) } });
    assert.equal(batch.status, 'completed');
    assert.equal(batch.counts.invalid, bad.length);
    assert.equal(batch.counts.succeeded, 3);
    const errors = (await textOf(await farm.client.lines(batch.id, 'errors')))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    for (const [nth, [, field, type]] of bad.entries()) {
      const found = errors.find(({ line }) => line === nth + 3);
      assert.ok(found, `line ${nth + 3}`);
      assert.deepEqual([found.field, found.type], [field, type], `line ${nth + 3}: ${found.message}`);
    }
    assert.deepEqual((await faultsOf(...datasetOf(batch), 3)).faults, []);
  });

  it('is refused before anything is rendered where it is told to stop at an error', async () => {
    const before = await renders();
    const rows = [{ input: { prompt: 'good', ...SMALL } }, { input: { prompt: 7 } }];
    const batch = await run({ name: 'strict', source: { jsonl: jsonl(rows) }, on_error: 'stop' });
    assert.equal(batch.status, 'failed');
    assert.match(batch.message!, /1 line is not valid/);
    assert.equal(await renders(), before);
  });

  it('only counts and estimates in a dry run', async () => {
    const before = await renders();
    const batch = await farm.client.create({ name: 'dry', source: grid(40, 5), dry_run: true });
    assert.equal(batch.status, 'completed');
    assert.equal(batch.counts.total, 200);
    assert.equal(batch.estimate?.rows, 200);
    assert.deepEqual(batch.estimate?.by_tier, { '256': 200 });
    assert.ok((batch.estimate?.gpu_hours as number) > 0, 'measured from the renders before');
    assert.ok((batch.estimate?.bytes as number) > 0);
    assert.equal(await renders(), before);
  });

  it('keeps no more jobs in the queues than it may, pauses, goes on, and is canceled', async () => {
    await farm.kill(['worker']);
    const batch = await farm.client.create({ name: 'steered', source: grid(50), max_active: 7 });
    const queued = async () =>
      (await farm.farm.jobs.list({ batch: batch.id, status: 'queued' }, { limit: 100 })).records.length;
    await until('seven jobs to be queued', async () => (await queued()) === 7);
    assert.equal((await farm.client.act(batch.id, 'pause')).id, batch.id);
    await until('it to be paused', async () => (await farm.client.get(batch.id)).status === 'paused');
    await until('its jobs to leave the queue', async () => (await queued()) === 0);
    assert.equal((await farm.client.get(batch.id)).counts.queued, 50);
    await farm.client.act(batch.id, 'resume');
    await until('more to be queued', async () => (await queued()) > 0, LONG);
    await farm.client.act(batch.id, 'cancel');
    const over = await ended(batch);
    assert.equal(over.status, 'canceled');
    assert.equal(over.counts.succeeded, 0);
    assert.equal(over.counts.canceled, 50);
    assert.equal(await queued(), 0);
    await farm.start(['worker']);
    await farm.client.act(batch.id, 'retry-failed');
    const again = await ended(batch);
    assert.equal(again.status, 'completed');
    assert.deepEqual((await faultsOf(...datasetOf(again), 50)).faults, []);
  });

  it('is laid out anew, filtered, without a render', async () => {
    const origin = await run({ name: 'origin-of-export', source: grid(10, 2) });
    const before = await renders();
    const made = await farm.client.export(origin.id, {
      name: 'exported',
      filter: 'seed == 1 && line > 4',
      output: { layout: 'webdataset', shard_bytes: 200 },
    });
    const exported = await ended(made);
    assert.equal(exported.status, 'completed');
    assert.equal(await renders(), before);
    const { faults, rows } = await faultsOf(...datasetOf(exported), 8);
    assert.deepEqual(faults, []);
    assert.ok(rows.every(({ seed, line }) => seed === 1 && line > 4));
    assert.ok((await readdir(join(folderOf(exported), 'shards'))).length > 1);
  });

  it('lists its rows, and their files for whoever copies them', async () => {
    const batch = await run({ name: 'listed', source: grid(5) });
    const items = await Array.fromAsync(farm.client.items(batch.id, 'succeeded'));
    assert.equal(items.length, 5);
    assert.equal(items[2]!.line, 3);
    const files = await Array.fromAsync(farm.client.files(batch.id));
    assert.ok(files.some(({ path }) => path === items[2]!.file));
    const clip = files.find(({ path }) => path === items[2]!.file)!;
    assert.match(await textOf(await farm.client.fetchFile(clip)), /^null render of seed 0: clip 3/);
    const manifest = await textOf(await farm.client.lines(batch.id, 'manifest'));
    assert.equal(manifest.trim().split('\n').length, 5);
  });
});

describe('the inputs of a batch', () => {
  const prefix = 'uploads/frames/';
  const put = async (name: string) => {
    const store = await openFolderStore({ root: farm.store });
    const jpeg = await encodeJpeg(new Uint8Array(64 * 64 * 3).fill(name.length * 20), {
      width: 64,
      height: 64,
    });
    await store.put(`${prefix}${name}`, jpeg, { contentType: 'image/jpeg' });
    store.close();
  };

  it('may be the images under a prefix, zipped with words', async () => {
    for (const name of ['a.jpg', 'bb.jpg', 'ccc.jpg']) await put(name);
    const template = { prompt: 'it {verb}', image: '{image}', seed: 1, ...SMALL };
    const axes = { image: { images: `store://${prefix}` }, verb: ['runs', 'stands', 'falls'] };
    const batch = await run({
      name: 'images',
      source: { grid: { template, axes, zip: [['image', 'verb']] } },
    });
    assert.equal(batch.status, 'completed', batch.message);
    const { faults, rows } = await faultsOf(...datasetOf(batch), 3);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      rows.map(({ mode, prompt }) => [mode, prompt]),
      ['runs', 'stands', 'falls'].map((verb) => ['image2video', `it ${verb}`]),
    );
    assert.equal((rows[0]!.inputs[0] as { sha256: string }).sha256.length, 64);
  });

  it('fail their row alone when they are missing, and are tried again when asked', async () => {
    await put('there.jpg');
    const rows = ['there.jpg', 'late.jpg'].map((name) => ({
      id: name.slice(0, -4),
      input: { prompt: 'go', seed: 5, image: `store://${prefix}${name}`, ...SMALL },
    }));
    const batch = await run({ name: 'late', source: { jsonl: jsonl(rows) } });
    assert.equal(batch.status, 'completed');
    assert.equal(batch.counts.failed, 1);
    const errors = await textOf(await farm.client.lines(batch.id, 'errors'));
    assert.match(errors, /"line":2,"id":"late","status":"failed","type":"not_found"/);
    await put('late.jpg');
    const before = await renders();
    await farm.client.act(batch.id, 'retry-failed');
    const again = await ended(batch);
    assert.equal(again.counts.failed, 0);
    assert.equal((await renders()) - before, 1);
    assert.deepEqual((await faultsOf(...datasetOf(again), 2)).faults, []);
  });

  it('are looked for before anything is rendered, where that is asked', async () => {
    const image = `store://${prefix}nowhere.jpg`;
    const rows = [{ input: { prompt: 'a', ...SMALL } }, { input: { prompt: 'b', image, ...SMALL } }];
    const batch = await run({ name: 'checked', source: { jsonl: jsonl(rows) }, check_media: true });
    assert.equal(batch.counts.invalid, 1);
    assert.match(
      await textOf(await farm.client.lines(batch.id, 'errors')),
      /"line":2,.*"field":"input.image","type":"unreachable_media"/,
    );
  });

  it('may end a batch when too many fail', async () => {
    const rows = Array.from({ length: 12 }, (_, n) => ({
      input: { prompt: `p ${n}`, image: `store://${prefix}gone-${n}.jpg`, ...SMALL },
    }));
    const spec = {
      name: 'stops',
      source: { jsonl: jsonl(rows) },
      on_error: { stop_after: 2 },
      max_active: 2,
    };
    const batch = await run(spec);
    assert.equal(batch.status, 'failed');
    assert.match(batch.message!, /too many rows failed/);
    assert.ok(batch.counts.failed >= 2 && batch.counts.canceled >= 8, JSON.stringify(batch.counts));
  });
});

describe('the end of a batch', () => {
  it('is told to webhooks, once for every time it ends', async () => {
    const webhook = { url: 'https://example.com/hook' };
    const batch = await run({ name: 'hooked', source: grid(2), webhook });
    const reader = farm.farm.webhooks.openReader({ name: 'test', claimAfterMs: 60_000, waitMs: 100 });
    const entries = await reader.read(10_000);
    reader.close();
    const told = entries.flatMap((entry) => (entry.kind === 'emitted' ? [entry.event] : []));
    const own = told.filter(({ subject }) => subject === batch.id);
    assert.equal(own.length, 1);
    assert.equal(own[0]!.type, 'batch.completed');
    assert.deepEqual(own[0]!.webhook, webhook);
    assert.equal((own[0]!.data as unknown as Batch).counts.succeeded, 2);
    assert.ok(told.some(({ type }) => type === 'batch.failed'));
  });
});
