import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FarmError, type Profile } from '@worldfarm/core';
import { readProfile } from '@worldfarm/diffusion';
import { type Farm, openFarm } from '@worldfarm/queue';
import { createLogger } from '@worldfarm/service';
import { type ObjectStore, openFolderStore } from '@worldfarm/storage';
import { aJob, startRedis, type TestRedis, until } from '@worldfarm/test-support';
import { readConfig } from './config.ts';
import { type Engine, EngineFault } from './engines/engine.ts';
import { openNullEngine } from './engines/null.ts';
import { openInputCache } from './stages/inputs.ts';
import { createWorker, type LaneWorker } from './worker.ts';

const NULL_PROFILE = fileURLToPath(new URL('../../../test/fixtures/profiles/null', import.meta.url));

let redis: TestRedis;
let farm: Farm;
let store: ObjectStore;
let folder: string;
let profile: Profile;
let prefix: string;
let count = 0;
const running: { worker: LaneWorker; ended: Promise<void> }[] = [];

before(async () => {
  redis = await startRedis();
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-worker-test-'));
  profile = await readProfile(NULL_PROFILE);
});
after(async () => {
  await stopAll();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await stopAll();
  prefix = `{worker${count++}}`;
  farm = openFarm({ url: redis.url, prefix, patience: 'wait' });
  store = await openFolderStore({ root: join(folder, `store${count}`) });
});

async function stopAll() {
  await Promise.all(
    running.splice(0).map(({ worker, ended }) => worker.drain('test over').then(() => ended)),
  );
  await farm?.close();
}

/** Starts a worker over an engine and waits until it is ready. */
async function start(engine: Engine | (() => Promise<Engine>), variables: Record<string, string> = {}) {
  const config = readConfig({
    WORLDFARM_WORKER_PROFILES: 'null',
    WORLDFARM_GRACE_SECONDS: '5',
    ...variables,
  });
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  const worker = createWorker({
    config,
    farm,
    store,
    scratch,
    logger: createLogger({ name: 'test', level: 'silent', json: true }),
    version: 'test',
    checkpointSeconds: 0,
    inputs: await openInputCache(store, join(scratch, 'inputs')),
    openEngine: typeof engine === 'function' ? engine : async () => engine,
  });
  running.push({ worker, ended: worker.run() });
  await until('the worker to be ready', () => worker.info().status === 'ready');
  return { worker, config, scratch };
}

/** An engine whose render the test steers. */
function engineOf(render: Engine['render']): Engine {
  return { profile, version: 'test', render, close: async () => {} };
}

const submit = async (over = {}) => (await farm.jobs.submit(aJob(over))).record.spec.id;
const ended = (id: string) => farm.events.finished(id, AbortSignal.timeout(20_000));

describe('a worker', () => {
  it('publishes the video and how it was made, under the fence of its attempt', async () => {
    await start(await openNullEngine(profile));
    const id = await submit();
    const record = await ended(id);
    assert.equal(record.status, 'succeeded');
    assert.equal(record.output?.video?.key, `jobs/${id}/1/video.mp4`);
    const stored = await store.head(record.output.video.key);
    assert.equal(stored?.bytes, record.output.video.bytes);
    const { body } = await store.get(`jobs/${id}/1/metadata.json`);
    const provenance = JSON.parse(Buffer.concat(await body.toArray()).toString());
    assert.equal(provenance.seed, 1);
    assert.equal(provenance.sha256, record.output.video.sha256);
    assert.equal(provenance.profile, 'null');
  });

  it('leaves no file of a finished job on its disk', async () => {
    const { scratch } = await start(await openNullEngine(profile));
    await ended(await submit());
    await until('the job folder to go', async () => (await readdir(scratch)).join() === 'inputs');
  });

  it('tells the farm what it is and does', async () => {
    const { config } = await start(await openNullEngine(profile));
    await ended(await submit());
    const told = await until('the worker to be listed', async () =>
      (await farm.workers.list()).find((w) => w.status === 'ready'),
    );
    assert.equal(told.id, config.id);
    assert.deepEqual(told.profiles, ['null']);
    assert.deepEqual(told.tiers, ['256', '480', '720']);
    assert.deepEqual(
      (await farm.profiles.list()).map(({ id }) => id),
      ['null'],
    );
  });

  it('fails a job over bad input at once, with the reason', async () => {
    await start(
      engineOf(async () => {
        throw new FarmError('unreadable_media', 'The image cannot be decoded.');
      }),
    );
    const record = await ended(await submit());
    assert.equal(record.status, 'failed');
    assert.equal(record.error?.type, 'unreadable_media');
    assert.equal(record.attempt, 1);
  });

  it('opens its engine anew after a device fault, and tries the job again', async () => {
    let opened = 0;
    const good = await openNullEngine(profile);
    await start(async () => {
      const nth = ++opened;
      return engineOf((...args) => {
        if (nth === 1) throw new EngineFault('device_fault', 'gone');
        return good.render(...args);
      });
    });
    const record = await ended(await submit());
    assert.equal(record.status, 'succeeded');
    assert.equal(opened, 2);
    assert.equal(record.failures[0]?.type, 'device_fault');
  });

  it('stops a job that runs longer than its limit', async () => {
    await start(engineOf((_plan, _inputs, { signal }) => untilAborted(signal)));
    const record = await ended(await submit({ timeoutSeconds: 0.2 }));
    assert.equal(record.status, 'failed');
    assert.equal(record.error?.type, 'timeout');
  });

  it('leaves a canceled job within a step and takes the next', async () => {
    const good = await openNullEngine(profile);
    await start(
      engineOf((plan, inputs, hooks) =>
        plan.seed === 9 ? untilAborted(hooks.signal) : good.render(plan, inputs, hooks),
      ),
    );
    const slow = aJob();
    const first = await submit({ ...slow, plan: { ...slow.plan, seed: 9 } });
    await until('the job to be active', async () => (await farm.jobs.get(first))?.status === 'active');
    const second = await submit();
    await farm.jobs.cancel(first);
    assert.equal((await ended(second)).status, 'succeeded');
    assert.equal((await farm.jobs.get(first))?.status, 'canceled');
    assert.deepEqual((await store.list(`jobs/${first}/`)).objects, []);
  });
});

describe('a drained worker', () => {
  it('finishes the job in hand and takes no other', async () => {
    const gate = Promise.withResolvers<void>();
    const good = await openNullEngine(profile);
    const { worker } = await start(
      engineOf(async (...args) => {
        await gate.promise;
        return good.render(...args);
      }),
    );
    const first = await submit();
    await until('the job to be active', async () => (await farm.jobs.get(first))?.status === 'active');
    const second = await submit();
    const drained = worker.drain('test');
    assert.equal(worker.info().status, 'draining');
    gate.resolve();
    await drained;
    assert.equal((await farm.jobs.get(first))?.status, 'succeeded');
    assert.equal((await farm.jobs.get(second))?.status, 'queued');
    assert.deepEqual(await farm.workers.list(), []);
  });

  it('hands back what does not fit the grace period, with no attempt counted', async () => {
    const { worker } = await start(
      engineOf((_plan, _inputs, { signal }) => untilAborted(signal)),
      { WORLDFARM_GRACE_SECONDS: '1' },
    );
    const id = await submit();
    await until('the job to be active', async () => (await farm.jobs.get(id))?.status === 'active');
    await worker.drain('test');
    const record = await farm.jobs.get(id);
    assert.equal(record?.status, 'queued');
    assert.equal(record?.attempt, 0);
  });

  it('can be asked to drain from elsewhere', async () => {
    const { config, worker } = await start(await openNullEngine(profile));
    assert.equal(await farm.workers.drain(config.id), true);
    await until('the worker to stop', () => worker.info().status === 'stopped');
  });
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
