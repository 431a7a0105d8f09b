import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Batch } from '@worldfarm/client';
import type { ProvenanceRow } from '@worldfarm/core';
import { type DatasetFarm, startDatasetFarm } from './farm.ts';
import { findPython, MISSING_PYTHON, readWithPython } from './python.ts';
import { faultsOf } from './verify.ts';

interface Seen {
  readonly id: string;
  readonly said: string;
  readonly sha256: string;
}

const CLIPS = 4;
const LONG = 300_000;
let farm: DatasetFarm;
let python: string | undefined;
let cache: string;
const made: Record<string, { folder: string; rows: ProvenanceRow[] }> = {};

const ended = async (batch: Batch) => {
  const done = await farm.client.wait(batch.id, { pollMs: 100, signal: AbortSignal.timeout(LONG) });
  assert.equal(done.status, 'completed', done.message);
  const folder = join(farm.store, done.output.prefix);
  const { faults, rows } = await faultsOf(farm.objects, done.output.prefix, CLIPS);
  assert.deepEqual(faults, []);
  made[done.output.layout] = { folder, rows };
  return done;
};

before(async () => {
  python = await findPython();
  if (!python) process.stderr.write(MISSING_PYTHON);
  cache = await mkdtemp(join(tmpdir(), 'worldfarm-readers-'));
  farm = await startDatasetFarm({ profile: 'kernel-world' });
});
after(async () => {
  await farm.stop();
  await rm(cache, { recursive: true, force: true });
});

/** Says loudly, in the summary too, that something was not looked at. */
function missing(test: TestContext) {
  // biome-ignore lint/suspicious/noSkippedTests: Python is for this check only, and may not be there
  test.skip(MISSING_PYTHON);
}

/** How many episodes `from:to` holds. */
const spanLength = (span: string) => {
  const [from, to] = span.split(':').map(Number);
  return to! - from!;
};

/** What a reader saw, in every split, is what the manifest says, byte for byte. */
function assertSeen(seen: Record<string, Seen[]>, rows: readonly ProvenanceRow[]) {
  const bySplit = Object.groupBy(rows, ({ split }) => split);
  assert.deepEqual(Object.keys(seen).sort(), Object.keys(bySplit).sort());
  for (const [split, clips] of Object.entries(seen)) {
    const told = clips.map(({ id, said, sha256 }) => [id, said, sha256]).sort();
    const known = bySplit[split]!.map(({ id, sha256 }) => [id, sha256, sha256]).sort();
    assert.deepEqual(told, known);
  }
}

describe('a dataset of real renders', () => {
  it('is rendered once and laid out three ways, with a score for every clip', async () => {
    const template = {
      prompt: 'a {colour} {shape} moves right on a blue background',
      seed: 3,
      resolution: '256',
      num_output_frames: 25,
      steps: 4,
    };
    const axes = { colour: ['red', 'white'], shape: ['circle', 'square'] };
    const origin = await ended(
      await farm.client.create({
        name: 'real',
        source: { grid: { template, axes } },
        output: { splits: { train: 1, test: 1 } },
      }),
    );
    for (const layout of ['webdataset', 'lerobot']) {
      await ended(await farm.client.export(origin.id, { name: `real-${layout}`, output: { layout } }));
    }
    for (const { scores } of made.folder!.rows) {
      assert.ok(scores!.motion > 0.0005, 'something moves');
      assert.equal(scores!.black, 0);
      assert.match(scores!.phash, /^[0-9a-f]{48}$/);
    }
  });

  it('is read by datasets as a videofolder', async (test) => {
    if (!python) return missing(test);
    const { folder, rows } = made.folder!;
    assertSeen((await readWithPython(python, 'folder', folder, cache)) as never, rows);
  });

  it('is read by datasets as WebDataset shards', async (test) => {
    if (!python) return missing(test);
    const { folder, rows } = made.webdataset!;
    assertSeen((await readWithPython(python, 'webdataset', folder, cache)) as never, rows);
  });

  it('is laid out as LeRobot documents it, file by file', async (test) => {
    if (!python) return missing(test);
    const seen = (await readWithPython(python, 'lerobot', made.lerobot!.folder, cache)) as {
      episodes: number;
      splits: Record<string, string>;
      videos: string[];
    };
    assert.equal(seen.episodes, CLIPS);
    const own = Object.groupBy(made.lerobot!.rows, ({ split }) => split);
    assert.deepEqual(
      Object.fromEntries(Object.entries(seen.splits).map(([split, span]) => [split, spanLength(span)])),
      Object.fromEntries(Object.entries(own).map(([split, rows]) => [split, rows!.length])),
    );
    assert.deepEqual(seen.videos.sort(), made.lerobot!.rows.map(({ file }) => file).sort());
  });

  it('has a manifest that pyarrow reads as the JSONL says it', async (test) => {
    if (!python) return missing(test);
    for (const { folder } of Object.values(made)) {
      const seen = (await readWithPython(python, 'manifest', folder, cache)) as { rows: number };
      assert.equal(seen.rows, CLIPS);
    }
  });
});
