import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FarmError, type Profile } from '@worldfarm/core';
import { readProfile } from '@worldfarm/diffusion';
import { type Farm, openFarm } from '@worldfarm/queue';
import { createLogger, createMetrics } from '@worldfarm/service';
import { type ObjectStore, openFolderStore } from '@worldfarm/storage';
import { aJob, startRedis, type TestRedis, until } from '@worldfarm/test-support';
import { readConfig } from './config.ts';
import { WorkerBroken } from './engine-rack.ts';
import { type Engine, EngineFault } from './engines/engine.ts';
import { openNullEngine } from './engines/null.ts';
import { openSignals } from './signals.ts';
import { openInputCache } from './stages/inputs.ts';
import { openStreak } from './streak.ts';
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
    WORLDFARM_CHECKPOINT_SECONDS: '0',
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
    signals: openSignals(createMetrics({ processMetrics: false })),
    inputs: await openInputCache(store, join(scratch, 'inputs')),
    openEngine: typeof engine === 'function' ? engine : async () => engine,
  });
  const over = worker.run();
  over.catch(() => {});
  running.push({ worker, ended: over.catch(() => {}) });
  await until('the worker to be ready', () => worker.info().status === 'ready');
  return { worker, config, scratch, ended: over };
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

  it('renders the next job while the last one is still uploaded', async () => {
    const uploading = Promise.withResolvers<void>();
    const seen: number[] = [];
    const quick = await openNullEngine(profile);
    await start(
      engineOf((plan, inputs, hooks) => {
        seen.push(plan.seed);
        return quick.render(plan, inputs, hooks);
      }),
    );
    const put = store.put.bind(store);
    store.put = async (...upload) => {
      await uploading.promise;
      return put(...upload);
    };
    const job = (seed: number) => ({ plan: { ...aJob().plan, seed } });
    const ids = [await submit(job(1)), await submit(job(2))];
    try {
      const stage = async () => (await farm.jobs.get(ids[0]!))?.progress.stage;
      await until('the second render', () => seen.length === 2);
      await until('the first to be said to be published', async () => (await stage()) === 'publish');
    } finally {
      uploading.resolve();
    }
    for (const id of ids) assert.equal((await ended(id)).status, 'succeeded');
  });

  it('fetches the inputs of the next job while it renders, and leaves the job to whoever is idle', async () => {
    const never = Promise.withResolvers<never>();
    const busy = engineOf((_plan, _inputs, { signal }) =>
      Promise.race([never.promise, untilAborted(signal)]),
    );
    const { scratch } = await start(busy);
    const first = await submit();
    await until('the first to be rendered', async () => (await farm.jobs.get(first))?.status === 'active');
    const bytes = Buffer.from('a picture');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = `inputs/${sha256}`;
    await store.put(key, bytes, { contentType: 'image/png' });
    const image = { kind: 'image' as const, key, type: 'image/png', bytes: bytes.length, sha256 };
    const next = await submit({ plan: { ...aJob().plan, image } });
    await until('the picture', async () => (await readdir(join(scratch, 'inputs'))).includes(sha256));
    assert.equal((await farm.jobs.get(next))?.status, 'queued');
    await start(await openNullEngine(profile));
    assert.equal((await ended(next)).status, 'succeeded');
    await farm.jobs.cancel(first);
  });

  it('tells the farm what it is and does', async () => {
    const { config } = await start(await openNullEngine(profile));
    await ended(await submit());
    const told = await until('the worker to be listed', async () =>
      (await farm.workers.list()).find((w) => w.status === 'ready' && w.jobsDone === 1),
    );
    assert.equal(told.device, 'cpu');
    assert.equal(told.jobsFailed, 0);
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

describe('a worker that fails', () => {
  const failing = () => engineOf(() => Promise.reject(new Error('no')));

  it('blocks itself after many jobs in a row and says so, and another one renders them', async () => {
    const { worker } = await start(failing(), { WORLDFARM_BLOCK_AFTER: '2' });
    const ids = [await submit(), await submit()];
    await until('the worker to block itself', () => worker.info().status === 'blocked');
    assert.match(worker.info().message ?? '', /2 jobs in a row failed/);
    await until('the farm to know', async () => (await farm.workers.list())[0]?.status === 'blocked');
    await start(await openNullEngine(profile));
    for (const id of ids) assert.equal((await ended(id)).status, 'succeeded');
  });

  it('is not to blame for jobs that fail everywhere, nor for one that fails again and again', () => {
    const streak = openStreak(2);
    streak.failed('a', true);
    streak.failed('b', true);
    streak.failed('c', false);
    streak.failed('c', false);
    assert.equal(streak.tooMany(), undefined);
    streak.failed('d', false);
    assert.equal(streak.tooMany(), 2);
    streak.succeeded();
    assert.equal(streak.tooMany(), undefined);
  });

  it('ends its process when the device fails again right after its engine was opened anew', async () => {
    const { ended: over } = await start(async () =>
      engineOf(() => Promise.reject(new EngineFault('device_fault', 'sticky'))),
    );
    await submit();
    await submit();
    await assert.rejects(over, WorkerBroken);
    assert.deepEqual(await farm.workers.list(), []);
  });

  it('gives a job up in which nothing moves, and leaves it to another worker', async () => {
    await start(
      engineOf((_plan, _inputs, { signal }) => untilAborted(signal)),
      { WORLDFARM_NO_PROGRESS_SECONDS: '1' },
    );
    const id = await submit();
    const failed = await until('the attempt to be given up', async () => {
      const record = await farm.jobs.get(id);
      return record?.failures.length === 1 && record;
    });
    assert.equal(failed.failures[0]?.type, 'timeout');
    await start(await openNullEngine(profile));
    assert.equal((await ended(id)).status, 'succeeded');
  });
});

describe('storage that is away', () => {
  it('is waited for with the finished render in hand, and costs no attempt', async () => {
    let renders = 0;
    let refusals = 2;
    const good = await openNullEngine(profile);
    const real = store;
    store = {
      ...real,
      list: real.list.bind(real),
      put: async (...args) => {
        if (refusals-- > 0) throw new FarmError('dependency_unavailable', 'storage is away');
        return real.put(...args);
      },
    };
    await start(
      engineOf((...args) => {
        renders++;
        return good.render(...args);
      }),
    );
    const record = await ended(await submit());
    assert.equal(record.status, 'succeeded');
    assert.equal(record.attempt, 1);
    assert.equal(renders, 1);
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

  it('saves what will not be done in time and hands it back at once, long before the grace period ends', async () => {
    const saved = Promise.withResolvers<string>();
    const { worker } = await start(
      engineOf(async (_plan, _inputs, { signal, onProgress, checkpoint }) => {
        onProgress({ stage: 'steps', step: 1, steps: 10_000, value: 0.0001 });
        onProgress({ stage: 'steps', step: 500, steps: 10_000, value: 0.05 });
        checkpoint?.now?.addEventListener('abort', async () => {
          await checkpoint.save(Buffer.from('half a render'));
          saved.resolve('saved');
        });
        // The pace is seen at the next step.
        signal.addEventListener('abort', () => clearInterval(steps));
        const steps = setInterval(
          () => onProgress({ stage: 'steps', step: 501, steps: 10_000, value: 0.0501 }),
          50,
        );
        return untilAborted(signal);
      }),
      { WORLDFARM_GRACE_SECONDS: '3', WORLDFARM_CHECKPOINT_SECONDS: '3600' },
    );
    const id = await submit();
    await until('the render to be slow', async () => {
      const record = await farm.jobs.get(id);
      return record?.status === 'active' && Date.now() - record.startedAt! > 500;
    });
    const began = Date.now();
    await worker.drain('test');
    assert.ok(Date.now() - began < 2_500, 'it did not wait for the end of the grace period');
    assert.equal(await saved.promise, 'saved');
    const record = await farm.jobs.get(id);
    assert.equal(record?.status, 'queued');
    assert.equal(record?.attempt, 0);
    assert.equal(record?.checkpoint, `checkpoints/${id}/1`);
    const { body } = await store.get(record.checkpoint);
    assert.equal(Buffer.concat(await body.toArray()).toString(), 'half a render');
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
