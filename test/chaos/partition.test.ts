import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFarm } from '@worldfarm/queue';
import { listAll, openStore } from '@worldfarm/storage';
import { aJob, startRedis, until } from '@worldfarm/test-support';
import { type CutOffHost, openHeldRelay, openNamespace } from './cut-off-host.ts';
import { writeNullProfile } from './null-profile.ts';
import { type Supervised, supervise } from './processes.ts';

const PREFIX = '{cut}';
const LONG_MS = 120_000;
const STEPS = 8;
/** The one that is cut off is done long before the other: its result comes while the other still renders. */
const STEP_MS = { far: 250, near: 1_500 } as const;

test('a worker cut off in mid-render cannot publish after its job was given away', async (t) => {
  const host = await openNamespace().catch((error: Error) => {
    t.diagnostic(
      `!!! NO NETWORK NAMESPACE (${error.message.trim()}): a relay holds the connections back instead`,
    );
    return openHeldRelay();
  });
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-cut-'));
  const redis = await startRedis();
  const workers: Supervised[] = [];
  const farm = openFarm({ url: redis.url, prefix: PREFIX, patience: 'wait' });
  try {
    const storeFolder = join(folder, 'store');
    await mkdir(storeFolder);
    const store = await openStore(storeFolder);
    const start = async (name: keyof typeof STEP_MS, redisUrl: string, at?: CutOffHost) => {
      const profiles = join(folder, `profiles-${name}`);
      await writeNullProfile(profiles, STEP_MS[name]);
      const worker = supervise({
        name,
        program: 'apps/worker/src/main.ts',
        ready: /: ready/,
        log: join(folder, `${name}.log`),
        ...(at && { prefix: at.prefix }),
        environment: {
          REDIS_URL: redisUrl,
          WORLDFARM_REDIS_PREFIX: PREFIX,
          WORLDFARM_STORE: storeFolder,
          WORLDFARM_PROFILES: profiles,
          WORLDFARM_WORKER_PROFILES: 'null',
          WORLDFARM_WORKER_ID: name,
          WORLDFARM_LOCK_MS: '2000',
          WORLDFARM_STALLED_MS: '500',
          WORLDFARM_SCRATCH: folder,
          NIM_LOG_LEVEL: 'info',
        },
      });
      workers.push(worker);
      await until(`${name} to be ready`, worker.isUp, LONG_MS);
    };
    await start('far', `redis://${await host.forward(redis.port)}`, host);
    const job = aJob();
    const { record } = await farm.jobs.submit({ ...job, plan: { ...job.plan, steps: STEPS } });
    const { id } = record.spec;
    await until('the far worker to render', async () => (await farm.jobs.get(id))?.worker === 'far', LONG_MS);

    await host.cut();
    await start('near', redis.url);
    await until(
      'the near worker to have it',
      async () => (await farm.jobs.get(id))?.worker === 'near',
      LONG_MS,
    );
    await until('the far worker to be done', () => store.head(`jobs/${id}/1/metadata.json`), LONG_MS);
    await host.mend();
    await until(
      'the far worker to come back with its own result',
      async () => /a stale fence/.test(await readFile(join(folder, 'far.log'), 'utf8')),
      LONG_MS,
    );
    const { status, worker, fence } = (await farm.jobs.get(id))!;
    assert.deepEqual({ status, worker, fence }, { status: 'active', worker: 'near', fence: 2 });

    const after = await until(
      'the near worker to publish',
      async () => {
        const now = await farm.jobs.get(id);
        return now?.status === 'succeeded' && now;
      },
      LONG_MS,
    );
    assert.equal(after?.worker, 'near');
    assert.equal(after?.failures[0]?.worker, 'far');
    assert.equal(after?.output?.video?.key, `jobs/${id}/${after?.fence}/video.mp4`);
    const wanted = `jobs/${id}/${after?.fence}/`;
    await until('nothing of it to be left', async () => {
      for await (const { key } of listAll(store, '')) if (!key.startsWith(wanted)) return false;
      return true;
    });
    store.close();
  } finally {
    await host.mend().catch(() => {});
    await Promise.all(workers.map((worker) => worker.stop()));
    await farm.close();
    await redis.stop();
    await host.remove();
    await rm(folder, { recursive: true, force: true });
  }
});
