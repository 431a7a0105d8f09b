import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { batchSpecSchema } from '@worldfarm/core';
import { type Farm, openFarm } from '@worldfarm/queue';
import { openRaw } from '@worldfarm/queue/testing';
import { createLogger, createMetrics } from '@worldfarm/service';
import { listAll, type ObjectStore, openFolderStore } from '@worldfarm/storage';
import { aJob, startRedis, type TestRedis, until } from '@worldfarm/test-support';
import { sweepBatches } from './batches.ts';
import { sweepOrphans } from './orphans.ts';
import { ownsStore } from './ownership.ts';
import { forgetOld } from './retention.ts';
import { startReconciler } from './start.ts';

let redis: TestRedis;
let farm: Farm;
let store: ObjectStore;
let folder: string;
let prefix: string;
let count = 0;
const never = new AbortController().signal;
/** The queue of {@link aJob}. */
const QUEUE = 'render.null.256';

before(async () => {
  redis = await startRedis();
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-housekeeping-'));
});
beforeEach(async () => {
  await farm?.close();
  prefix = `{keep${count++}}`;
  farm = openFarm({ url: redis.url, prefix, patience: 'wait' });
  store = await openFolderStore({ root: join(folder, `${count}`) });
});
after(async () => {
  await farm.close();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

const put = (key: string) => store.put(key, Buffer.from('x'), { contentType: 'text/plain' });
const keys = async () => {
  const found: string[] = [];
  for await (const { key } of listAll(store, '')) found.push(key);
  return found.sort();
};
/** a job that is no more */
const GONE = '01999999-aaaa-7bbb-8ccc-0123456789ab';
const sweep = () => sweepOrphans(store, farm.jobs, farm.archive, { outputGraceMs: 0, inputGraceMs: 0 });

function lane() {
  const queues = [{ profile: 'null', tier: '256' as const, weight: 1 }];
  return farm.openLane({ worker: 'w', queues, lockMs: 5_000, stalledMs: 5_000 });
}

/** A job that has published one file under its fence. */
async function finished(over = {}): Promise<{ id: string; key: string }> {
  const { record } = await farm.jobs.submit(aJob(over));
  const puller = lane();
  const claim = await puller.next(never);
  const key = `jobs/${record.spec.id}/${claim.record.fence}/metadata.json`;
  await put(key);
  const metadata = { key, bytes: 1, sha256: '', type: 'application/json' };
  await claim.succeed({ output: { metadata }, metrics: {} });
  await puller.close();
  return { id: record.spec.id, key };
}

describe('the sweep', () => {
  it('removes what killed attempts, ended jobs and forgotten jobs left, and nothing else', async () => {
    const { id, key } = await finished();
    const puller = lane();
    await farm.jobs.submit(aJob());
    const claim = await puller.next(never);
    const running = claim.record.spec.id;
    await claim.checkpoint(`checkpoints/${running}/1`);
    const wanted = [key, `jobs/${running}/1/video.mp4`, `checkpoints/${running}/1`, 'batches/b/rows'];
    const orphans = [
      `jobs/${id}/7/video.mp4`,
      `checkpoints/${id}/1`,
      `jobs/${GONE}/1/video.mp4`,
      `outputs/my/set/${GONE}/2/video.mp4`,
    ];
    for (const each of [...wanted, ...orphans]) await put(each);
    assert.deepEqual(await sweep(), { outputs: 4, inputs: 0 });
    assert.deepEqual(await keys(), wanted.toSorted());
    claim.release();
    await puller.close();
  });

  it('removes an upload when no job refers to it any more', async () => {
    const image = { kind: 'image' as const, key: 'inputs/a', type: 'image/png', bytes: 1, sha256: 'a' };
    const base = aJob();
    await farm.jobs.submit({ ...base, plan: { ...base.plan, image } });
    await put('inputs/a');
    await put('inputs/b');
    assert.deepEqual(await sweep(), { outputs: 0, inputs: 1 });
    await farm.jobs.remove(base.id);
    assert.deepEqual(await sweep(), { outputs: 0, inputs: 1 });
    assert.deepEqual(await keys(), []);
  });

  it('leaves alone what is young', async () => {
    await put(`jobs/${GONE}/1/video.mp4`);
    await put('inputs/a');
    const grace = { outputGraceMs: 60_000, inputGraceMs: 60_000 };
    assert.deepEqual(await sweepOrphans(store, farm.jobs, farm.archive, grace), { outputs: 0, inputs: 0 });
  });
});

describe('a store', () => {
  it('is swept by the farm that made it its own, and by no other', async () => {
    const mine = await farm.archive.identity();
    assert.equal(await farm.archive.identity(), mine);
    assert.equal(await ownsStore(store, mine), true);
    assert.equal(await ownsStore(store, mine), true);
    const other = openFarm({ url: redis.url, prefix: `${prefix}other`, patience: 'wait' });
    assert.equal(await ownsStore(store, await other.archive.identity()), false);
    await other.close();
  });

  it('loses nothing when the records were lost', async () => {
    const { key } = await finished();
    const raw = openRaw(redis.url);
    const said: string[] = [];
    const reconcile = () => {
      const metrics = createMetrics({ processMetrics: false });
      const stream = { write: (line: string) => void said.push(line) };
      const logger = createLogger({ name: 'test', level: 'error', json: true, stream });
      const grace = { outputGraceMs: 0, inputGraceMs: 0 };
      const retention = { seconds: undefined, count: undefined };
      const settings = {
        everySeconds: 0.02,
        sweepSeconds: 0,
        grace,
        retention,
        keepBatchesSeconds: undefined,
      };
      return startReconciler({ farm, store, metrics, logger, settings });
    };
    const stopFirst = reconcile();
    await until('the store to be taken', async () => (await keys()).includes('worldfarm.json'));
    await stopFirst();
    await raw.flushall();
    const stop = reconcile();
    await until('the sweep to be refused', () => said.some((line) => line.includes('belongs to other')));
    await stop();
    raw.disconnect();
    assert.ok((await keys()).includes(key));
  });
});

describe('retention', () => {
  it('forgets the oldest beyond a count, with their outputs', async () => {
    const ended = [await finished(), await finished(), await finished()];
    assert.equal(await forgetOld(store, farm.jobs, farm.archive, { seconds: undefined, count: 1 }), 2);
    assert.deepEqual(await keys(), [ended[2]!.key]);
    assert.equal(await farm.jobs.get(ended[0]!.id), undefined);
    assert.equal((await farm.jobs.get(ended[2]!.id))?.status, 'succeeded');
  });

  it('forgets by age, and nothing when no rule is given', async () => {
    const { id } = await finished();
    assert.equal(
      await forgetOld(store, farm.jobs, farm.archive, { seconds: undefined, count: undefined }),
      0,
    );
    assert.equal(await forgetOld(store, farm.jobs, farm.archive, { seconds: 3600, count: undefined }), 0);
    assert.equal(await forgetOld(store, farm.jobs, farm.archive, { seconds: -1, count: undefined }), 1);
    assert.equal(await farm.jobs.get(id), undefined);
  });

  it('never forgets a job that has not ended', async () => {
    await farm.jobs.submit(aJob());
    assert.equal(await forgetOld(store, farm.jobs, farm.archive, { seconds: -1, count: 0 }), 0);
  });
});

describe('the sweep of batches', () => {
  const never = { graceMs: 0, keepSeconds: undefined };
  const sweepAll = (over = {}) => sweepBatches(store, farm.batches, { ...never, ...over });
  const ROWS = `uploads/${'a'.repeat(64)}.jsonl`;
  const UNUSED = `uploads/${'b'.repeat(64)}.jsonl`;
  const INCOMING = 'uploads/incoming-01999999-aaaa-4bbb-8ccc-0123456789ab';

  /** A batch that reads uploaded rows, has written a dataset, and has ended. */
  async function aBatch(n: number): Promise<string> {
    const id = `batch_${String(n).padStart(20, '0')}`;
    const spec = batchSpecSchema.parse({ name: `set-${n}`, source: { jsonl: `store://${ROWS}` } });
    await farm.batches.create({ id, owner: 'a', spec, digest: 'd', profile: 'null' });
    const lead = await farm.batches.lead(id, 60_000);
    await lead!.patch({ status: 'completed', endedAt: Date.now() });
    await lead!.resign();
    for (const key of [`batches/${id}/r1/rows/000000.jsonl`, `datasets/set-${n}/README.md`]) await put(key);
    return id;
  }

  it('removes what no batch works with any more, and nothing that people keep beside it', async () => {
    const id = await aBatch(1);
    const wanted = [ROWS, 'uploads/frames/1.jpg', 'renders/a/any/00/key.json'];
    for (const key of [...wanted, UNUSED, INCOMING, 'batches/batch_gone/r1/estimate.json']) await put(key);
    assert.deepEqual(await sweepAll(), { batches: 0, objects: 3 });
    wanted.push(`batches/${id}/r1/rows/000000.jsonl`, 'datasets/set-1/README.md');
    assert.deepEqual(await keys(), wanted.toSorted());
  });

  it('leaves alone what is young', async () => {
    for (const key of [UNUSED, INCOMING, 'batches/batch_gone/r1/estimate.json']) await put(key);
    assert.deepEqual(await sweepAll({ graceMs: 60_000 }), { batches: 0, objects: 0 });
  });

  it('forgets batches that ended long ago, with all but their datasets', async () => {
    const id = await aBatch(1);
    await put(ROWS);
    assert.deepEqual(await sweepAll({ keepSeconds: 3600 }), { batches: 0, objects: 0 });
    assert.deepEqual(await sweepAll({ keepSeconds: -1 }), { batches: 1, objects: 2 });
    assert.equal(await farm.batches.get(id), undefined);
    assert.deepEqual(await keys(), ['datasets/set-1/README.md']);
  });

  it('never forgets a batch that has not ended', async () => {
    const spec = batchSpecSchema.parse({ name: 'runs', source: { jsonl: '{}' } });
    await farm.batches.create({ id: 'batch_1', owner: 'a', spec, digest: 'd', profile: 'null' });
    assert.equal((await sweepAll({ keepSeconds: -1 })).batches, 0);
  });
});

describe('the reconciler of a gateway', () => {
  it('mends and sweeps by itself, counts each kind of what it found, and stops', async () => {
    const job = (id: string) => `${prefix}:job:${id}`;
    const raw = openRaw(redis.url);
    const old = await finished();
    const submit = async (over = {}) => (await farm.jobs.submit(aJob(over))).record.spec.id;
    // Taken by a worker that nobody hears of any more.
    const held = await submit();
    const gone = lane();
    const claim = await gone.next(never);
    claim.release();
    await raw.hset(job(held), 'startedAt', 0);
    // A record without a queue job, and a queue job without a record.
    const lost = await submit();
    await raw.zrem(`${prefix}:${QUEUE}:prioritized`, lost);
    await raw.del(`${prefix}:${QUEUE}:${lost}`);
    await raw.hset(job(lost), 'queuedAt', 0);
    const stray = await submit();
    await raw.del(job(stray));
    const late = await submit({ deadlineAt: Date.now() - 1 });
    await put(`jobs/${GONE}/1/video.mp4`);
    await put('inputs/ab/unused.png');

    const metrics = createMetrics({ processMetrics: false });
    const stop = startReconciler({
      farm,
      store,
      metrics,
      logger: createLogger({ name: 'test', level: 'silent', json: true }),
      settings: {
        everySeconds: 0.02,
        sweepSeconds: 0,
        grace: { outputGraceMs: 0, inputGraceMs: 0 },
        retention: { seconds: undefined, count: 1 },
        keepBatchesSeconds: undefined,
      },
    });
    const kinds = ['expired', 'reclaimed', 'requeued', 'strays', 'orphaned_outputs', 'orphaned_inputs'];
    for (const kind of [...kinds, 'forgotten']) {
      const line = `worldfarm_reconciled_total{kind="${kind}"} 1`;
      await until(`${kind} to be counted`, async () => (await metrics.scrape()).text.includes(line));
    }
    await stop();
    assert.deepEqual(await keys(), ['worldfarm.json']);
    assert.equal((await farm.jobs.get(late))?.status, 'expired');
    assert.equal(await farm.jobs.get(old.id), undefined);
    const again = [await gone.next(never), await gone.next(never)].map(({ record }) => record.spec.id);
    assert.deepEqual(again.sort(), [held, lost].sort());
    await gone.close();
    raw.disconnect();
  });
});
