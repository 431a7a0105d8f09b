import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { FarmError, type JobSpec } from '@worldfarm/core';
import { aJob, startRedis, type TestRedis, until } from '@worldfarm/test-support';
import type { Claim } from './api.ts';
import { type Farm, openFarm } from './farm.ts';
import type { Lane } from './lane.ts';

let redis: TestRedis;
let farm: Farm;
let prefix: string;
let count = 0;
const lanes: Lane[] = [];
const never = new AbortController().signal;

before(async () => {
  // What was answered must be there after a kill: that is what these tests are about.
  redis = await startRedis({ appendfsync: 'always' });
});
after(() => redis.stop());
beforeEach(async () => {
  await closeAll();
  prefix = `{test${count++}}`;
  farm = openFarm({ url: redis.url, prefix, patience: 'wait' });
});
after(() => closeAll());

async function closeAll() {
  await Promise.all(lanes.splice(0).map((lane) => lane.close()));
  await farm?.close();
}

function lane(worker = 'w1', over: { lockMs?: number; stalledMs?: number; pollMs?: number } = {}): Lane {
  const opened = farm.openLane({
    worker,
    queues: [{ profile: 'null', tier: '256', weight: 1 }],
    lockMs: over.lockMs ?? 5_000,
    stalledMs: over.stalledMs ?? 5_000,
    pollMs: over.pollMs,
  });
  lanes.push(opened);
  return opened;
}

const output = { video: undefined };
const succeed = (claim: Claim) => claim.succeed({ output, metrics: {} });
const failure = (message: string) => ({ type: 'render_failed' as const, message });
const rejectsWith = (type: string) => (error: unknown) => error instanceof FarmError && error.type === type;

async function submitMany(n: number, over: Partial<JobSpec>): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < n; i++) ids.push((await farm.jobs.submit(aJob(over))).record.spec.id);
  return ids;
}

/** Pulls and finishes `n` jobs one after another and says in which order they came. */
async function drain(n: number): Promise<string[]> {
  const puller = lane('drainer');
  const order: string[] = [];
  for (let i = 0; i < n; i++) {
    const claim = await puller.next(never);
    order.push(claim.record.spec.id);
    await succeed(claim);
  }
  return order;
}

describe('a job on its way', () => {
  it('is queued, active under fence 1, and succeeded with its output', async () => {
    const { record } = await farm.jobs.submit(aJob());
    assert.equal(record.status, 'queued');
    const claim = await lane().next(never);
    assert.equal(claim.record.status, 'active');
    assert.equal(claim.record.fence, 1);
    assert.equal(claim.record.attempt, 1);
    assert.equal(await succeed(claim), true);
    const done = await farm.jobs.get(record.spec.id);
    assert.equal(done?.status, 'succeeded');
    assert.ok(done?.endedAt);
    assert.equal((await farm.depths())[0]?.backlog, 0);
  });

  it('wakes an idle lane at once', async () => {
    const pulled = lane('w1', { pollMs: 3_600_000 }).next(never);
    const { record } = await farm.jobs.submit(aJob());
    assert.equal((await pulled).record.spec.id, record.spec.id);
  });

  it('is seen by a watcher at every change, up to the end', async () => {
    const { record } = await farm.jobs.submit(aJob());
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { status, progress } of farm.events.watch(record.spec.id, never))
        seen.push(`${status} ${progress.value}`);
    })();
    await until('the watcher to start', () => seen.length === 1);
    const claim = await lane().next(never);
    await until('active to be seen', () => seen.includes('active 0'));
    await claim.progress({ value: 0.5, stage: 'steps', step: 2, steps: 4 });
    await until('progress to be seen', () => seen.includes('active 0.5'));
    await succeed(claim);
    await watching;
    assert.deepEqual(seen, ['queued 0', 'active 0', 'active 0.5', 'succeeded 1']);
  });
});

describe('idempotency', () => {
  it('gives the first job back for the same key and body', async () => {
    const idempotency = { key: 'k', digest: 'd1' };
    const first = await farm.jobs.submit(aJob(), { idempotency });
    const second = await farm.jobs.submit(aJob(), { idempotency });
    assert.equal(second.existing, true);
    assert.equal(second.record.spec.id, first.record.spec.id);
    assert.equal((await farm.depths())[0]?.backlog, 1);
  });

  it('refuses the same key with another body, and queues nothing', async () => {
    await farm.jobs.submit(aJob(), { idempotency: { key: 'k', digest: 'd1' } });
    await assert.rejects(
      farm.jobs.submit(aJob(), { idempotency: { key: 'k', digest: 'd2' } }),
      rejectsWith('idempotency_conflict'),
    );
    assert.equal((await farm.depths())[0]?.backlog, 1);
  });

  it('keeps the keys of two owners apart', async () => {
    const idempotency = { key: 'k', digest: 'd1' };
    await farm.jobs.submit(aJob({ owner: 'a' }), { idempotency });
    assert.equal((await farm.jobs.submit(aJob({ owner: 'b' }), { idempotency })).existing, false);
  });
});

describe('limits', () => {
  it('refuses a job over the queue depth', async () => {
    const limits = { queueDepth: 2 };
    await submitMany(2, {});
    await assert.rejects(farm.jobs.submit(aJob(), { limits }), rejectsWith('queue_full'));
    assert.equal((await farm.jobs.list({}, { limit: 10 })).records.length, 2);
  });

  it('counts what an owner has queued, and forgets what ended', async () => {
    const limits = { ownerQueued: 1 };
    const mine = await farm.jobs.submit(aJob({ owner: 'a' }), { limits });
    await assert.rejects(farm.jobs.submit(aJob({ owner: 'a' }), { limits }), rejectsWith('quota_exceeded'));
    await farm.jobs.submit(aJob({ owner: 'b' }), { limits });
    await farm.jobs.cancel(mine.record.spec.id);
    assert.equal((await farm.jobs.submit(aJob({ owner: 'a' }), { limits })).existing, false);
  });
});

describe('order', () => {
  it('is high, normal, low whatever came first', async () => {
    const [low] = await submitMany(1, { priority: 'low' });
    const [normal] = await submitMany(1, { priority: 'normal' });
    const [high] = await submitMany(1, { priority: 'high' });
    assert.deepEqual(await drain(3), [high, normal, low]);
  });

  it('lets a second owner wait for one render at most behind a long line', async () => {
    const long = await submitMany(40, { owner: 'big' });
    const first = await drain(3);
    assert.deepEqual(first, long.slice(0, 3));
    const [single] = await submitMany(1, { owner: 'small' });
    assert.ok((await drain(2)).includes(single!));
  });

  it('is fair as well to a line that came all at once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => farm.jobs.submit(aJob({ owner: 'big' }))));
    await drain(3);
    const [single] = await submitMany(1, { owner: 'small' });
    assert.ok((await drain(2)).includes(single!));
  });

  it('begins again from zero when a band has run empty', async () => {
    await submitMany(5, { owner: 'big' });
    await drain(5);
    const [first] = await submitMany(1, { owner: 'big' });
    assert.equal((await farm.jobs.get(first!))?.status, 'queued');
    const [second] = await submitMany(1, { owner: 'small' });
    assert.deepEqual(await drain(2), [first, second]);
  });

  it('alternates between two owners', async () => {
    const a = await submitMany(3, { owner: 'a' });
    const b = await submitMany(3, { owner: 'b' });
    assert.deepEqual(await drain(6), [a[0], b[0], a[1], b[1], a[2], b[2]]);
  });

  it('changes for a queued job, and not for an active one', async () => {
    const [first, second] = await submitMany(2, {});
    await farm.jobs.changePriority(second!, 'high');
    const claim = await lane().next(never);
    assert.equal(claim.record.spec.id, second);
    assert.equal(claim.record.spec.priority, 'high');
    await assert.rejects(farm.jobs.changePriority(second!, 'low'), rejectsWith('invalid_transition'));
    assert.equal(await farm.jobs.position(first!), 0);
  });
});

describe('cancel', () => {
  it('takes a queued job out at once', async () => {
    const { record } = await farm.jobs.submit(aJob());
    assert.equal((await farm.jobs.cancel(record.spec.id)).status, 'canceled');
    assert.equal((await farm.depths())[0]?.backlog, 0);
  });

  it('stops the worker that renders it, which can then publish nothing', async () => {
    const { record } = await farm.jobs.submit(aJob());
    const claim = await lane().next(never);
    await farm.jobs.cancel(record.spec.id);
    await until('the claim to be aborted', () => claim.signal.aborted);
    assert.equal(await succeed(claim), false);
    assert.equal((await farm.jobs.get(record.spec.id))?.status, 'canceled');
    claim.release();
  });

  it('is refused for a job that has ended', async () => {
    const { record } = await farm.jobs.submit(aJob());
    await drain(1);
    await assert.rejects(farm.jobs.cancel(record.spec.id), rejectsWith('invalid_transition'));
  });

  it('can be undone by a retry, which renders under a new fence', async () => {
    const { record } = await farm.jobs.submit(aJob());
    await farm.jobs.cancel(record.spec.id);
    assert.equal((await farm.jobs.retry(record.spec.id)).status, 'queued');
    const claim = await lane().next(never);
    assert.ok(claim.record.fence > 1);
    assert.equal(await succeed(claim), true);
  });
});

describe('a worker that goes silent', () => {
  it('loses its job to another one, and its late result changes nothing', async () => {
    const { record } = await farm.jobs.submit(aJob());
    const dead = await lane('dead', { lockMs: 300, stalledMs: 200 }).next(never);
    dead.release();
    const heir = await lane('heir', { lockMs: 300, stalledMs: 200 }).next(never);
    assert.equal(heir.record.spec.id, record.spec.id);
    assert.equal(heir.record.fence, 2);
    assert.equal(heir.record.failures[0]?.type, 'lost_worker');
    assert.equal(await succeed(dead), false);
    assert.equal(await succeed(heir), true);
    const done = await farm.jobs.get(record.spec.id);
    assert.equal(done?.worker, 'heir');
  });

  it('learns from its next progress that the job is no longer its own', async () => {
    await farm.jobs.submit(aJob());
    const dead = await lane('dead', { lockMs: 300, stalledMs: 200 }).next(never);
    dead.release();
    const heir = await lane('heir', { lockMs: 300, stalledMs: 200 }).next(never);
    await dead.progress({ value: 0.9, stage: 'steps' });
    assert.equal(dead.signal.aborted, true);
    heir.release();
  });
});

describe('a failure', () => {
  it('ends the job when it cannot be retried', async () => {
    const { record } = await farm.jobs.submit(aJob());
    const claim = await lane().next(never);
    assert.equal(await claim.fail(failure('bad image'), { retry: false, countAttempt: true }), 'failed');
    assert.equal((await farm.jobs.get(record.spec.id))?.error?.message, 'bad image');
    assert.equal((await farm.depths())[0]?.backlog, 0);
  });

  it('is retried, and given up with every reason after three', async () => {
    const { record } = await farm.jobs.submit(aJob());
    for (const worker of ['w1', 'w2', 'w3']) {
      const claim = await lane(worker).next(never);
      await claim.fail(failure(`broken on ${worker}`), { retry: true, countAttempt: true, delayMs: 0 });
    }
    const failed = await farm.jobs.get(record.spec.id);
    assert.equal(failed?.status, 'failed');
    for (const worker of ['w1', 'w2', 'w3'])
      assert.match(failed?.error?.message ?? '', new RegExp(`broken on ${worker}`));
  });

  it('keeps the job from the worker that failed it while another one serves', async () => {
    await farm.jobs.submit(aJob());
    await farm.workers.beat(aWorker('w2'), 60);
    const first = lane('w1');
    const claim = await first.next(never);
    await claim.fail(failure('broken'), { retry: true, countAttempt: true, delayMs: 0 });
    const again = new AbortController();
    const refused = first.next(again.signal).catch(() => 'nothing');
    const other = await lane('w2').next(never);
    assert.equal(other.record.attempt, 2);
    again.abort();
    assert.equal(await refused, 'nothing');
    other.release();
  });
});

describe('a hand-back', () => {
  it('queues the job again at once and counts no attempt', async () => {
    const { record } = await farm.jobs.submit(aJob());
    const claim = await lane('w1').next(never);
    await claim.handBack('draining');
    assert.equal((await farm.jobs.get(record.spec.id))?.attempt, 0);
    const next = await lane('w2').next(never);
    assert.equal(next.record.attempt, 1);
    assert.equal(next.record.fence, 2);
    next.release();
  });
});

describe('the reconciler', () => {
  it('gives a record without a queue job a new one', async () => {
    const { record } = await farm.jobs.submit(aJob());
    const { Queue } = await import('bullmq');
    const queue = new Queue('render.null.256', { connection: { url: redis.url } as never, prefix });
    await queue.obliterate({ force: true });
    await queue.close();
    const reconciler = farm.openReconciler({ leaseMs: 5_000, settleMs: 0 });
    assert.equal((await reconciler.round())?.requeued, 1);
    assert.deepEqual(await drain(1), [record.spec.id]);
  });

  it('expires a job that was not started before its deadline', async () => {
    const { record } = await farm.jobs.submit(aJob({ deadlineAt: Date.now() - 1 }));
    await farm.openReconciler({ leaseMs: 5_000 }).round();
    assert.equal((await farm.jobs.get(record.spec.id))?.status, 'expired');
    assert.equal((await farm.depths())[0]?.backlog, 0);
  });

  it('is led by one process at a time', async () => {
    assert.ok(await farm.openReconciler({ leaseMs: 60_000 }).round());
    assert.equal(await farm.openReconciler({ leaseMs: 60_000 }).round(), undefined);
  });
});

describe('the list', () => {
  it('pages newest first and filters', async () => {
    const ids = [];
    for (let i = 0; i < 5; i++) {
      const id = `0000000${i}`;
      await farm.jobs.submit(aJob({ id, tags: i % 2 ? { odd: 'yes' } : {}, owner: i < 3 ? 'a' : 'b' }));
      ids.unshift(id);
    }
    const first = await farm.jobs.list({}, { limit: 2 });
    assert.deepEqual(
      first.records.map((r) => r.spec.id),
      ids.slice(0, 2),
    );
    const second = await farm.jobs.list({}, { limit: 10, cursor: first.next });
    assert.deepEqual(
      second.records.map((r) => r.spec.id),
      ids.slice(2),
    );
    assert.equal(second.next, undefined);
    const odd = await farm.jobs.list({ tag: 'odd=yes', owner: 'b' }, { limit: 10 });
    assert.deepEqual(
      odd.records.map((r) => r.spec.id),
      ['00000003'],
    );
  });

  it('forgets a removed job', async () => {
    const { record } = await farm.jobs.submit(aJob());
    await farm.jobs.remove(record.spec.id);
    assert.equal(await farm.jobs.get(record.spec.id), undefined);
    assert.equal((await farm.jobs.list({}, { limit: 10 })).records.length, 0);
    assert.equal((await farm.depths())[0]?.backlog, 0);
  });
});

describe('Redis restarted in mid-queue', () => {
  it('loses no job', async () => {
    const ids = await submitMany(20, {});
    const claim = await lane('w1', { lockMs: 500, stalledMs: 300 }).next(never);
    await redis.restart();
    assert.equal(await succeed(claim), true);
    const rest = await drain(19);
    assert.deepEqual(new Set([claim.record.spec.id, ...rest]), new Set(ids));
  });

  it('is told to a caller who must not wait', async () => {
    const impatient = openFarm({ url: redis.url, prefix, patience: 'fail-fast' });
    await until('a connection', () =>
      impatient.ping().then(
        () => true,
        () => false,
      ),
    );
    await redis.kill();
    await assert.rejects(impatient.jobs.submit(aJob()), rejectsWith('dependency_unavailable'));
    await redis.restart();
    await until('the farm to be back', () =>
      impatient.ping().then(
        () => true,
        () => false,
      ),
    );
    assert.equal((await impatient.jobs.submit(aJob())).existing, false);
    await impatient.close();
  });
});

function aWorker(id: string) {
  return {
    id,
    status: 'ready' as const,
    host: 'h',
    device: 'cpu',
    engine: 'null',
    profiles: ['null'],
    tiers: ['256' as const],
    jobsDone: 0,
    jobsFailed: 0,
    startedAt: Date.now(),
    seenAt: Date.now(),
    version: '0',
  };
}
