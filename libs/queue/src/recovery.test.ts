import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { JobRecord } from '@worldfarm/core';
import { aJob, until } from '@worldfarm/test-support';
import { admit } from './admission.ts';
import { MAX_ATTEMPTS } from './attempts.ts';
import { connect } from './connection.ts';
import { moveStatus } from './moves.ts';
import { BAND } from './order.ts';
import { aWorker, never, QUEUE, succeed, useFarm } from './testing/harness.ts';

const at = useFarm();
const broken = { type: 'render_failed' as const, message: 'broken' };
const again = { retry: true, countAttempt: true, delayMs: 0 };
const jobKey = (id: string) => `${at.prefix}:${QUEUE}:${id}`;
const backlog = async () => (await at.farm.depths())[0]?.backlog;

describe('a crash between two steps', () => {
  it('of a submit is mended by the same submit sent again', async () => {
    const spec = aJob();
    await at.farm.jobs.submit(spec);
    await at.raw.del(jobKey(spec.id));
    await at.raw.del(`${at.prefix}:${QUEUE}:prioritized`);
    const second = await at.farm.jobs.submit(spec);
    assert.equal(second.existing, false, 'the same job is no older one');
    assert.equal((await at.lane().next(never)).record.spec.id, spec.id);
  });

  it('of a submit with an idempotency key is mended by the next call with that key', async () => {
    const idempotency = { key: 'k', digest: 'd' };
    const { record } = await at.farm.jobs.submit(aJob(), { idempotency });
    await at.raw.del(jobKey(record.spec.id), `${at.prefix}:${QUEUE}:prioritized`);
    assert.equal((await at.farm.jobs.submit(aJob(), { idempotency })).existing, true);
    assert.equal((await at.lane().next(never)).record.spec.id, record.spec.id);
  });

  it('after publishing leaves a queue job that the next puller drops', async () => {
    const id = await at.submit();
    const next = await at.submit();
    const lane = at.lane('w1', { lockMs: 300, stalledMs: 200 });
    const claim = await lane.next(never);
    const connection = connect({ url: at.redis.url, prefix: at.prefix, patience: 'wait' });
    await moveStatus(connection, { id, to: 'succeeded', fence: claim.record.fence });
    await connection.close();
    claim.release();
    assert.equal((await lane.next(never)).record.spec.id, next);
    const stop = new AbortController();
    const idle = lane.next(stop.signal).catch(() => 'nothing');
    await until('only one job to be left', async () => (await backlog()) === 1);
    stop.abort();
    assert.equal(await idle, 'nothing');
  });
});

describe('a move that is sent twice over a reconnection', () => {
  it('is made once and answered twice', async () => {
    const id = await at.submit();
    const connection = connect({ url: at.redis.url, prefix: at.prefix, patience: 'wait' });
    const argument = {
      id,
      op: 'once',
      to: 'active',
      from: ['queued'],
      fence: 0,
      bumpFence: true,
      bumpAttempt: 1,
      set: {},
      unset: [],
      terminal: false,
      at: Date.now(),
    };
    assert.deepEqual(await connection.run('move', argument), ['ok', 'queued', 1]);
    assert.deepEqual(await connection.run('move', argument), ['ok', 'queued', 1]);
    await connection.close();
    const record = await at.farm.jobs.get(id);
    assert.equal(record?.attempt, 1);
    assert.equal(record?.fence, 1);
  });
});

describe('a pull that is sent twice over a reconnection', () => {
  const pull = (token: string) => ({
    queues: ['render.null.720', QUEUE],
    token,
    worker: 'w1',
    lockMs: 5_000,
    now: Date.now(),
    band: BAND,
    set: { worker: 'w1' },
  });

  const open = (t: TestContext) => {
    const connection = connect({ url: at.redis.url, prefix: at.prefix, patience: 'wait' });
    t.after(() => connection.close());
    return connection;
  };

  it('gives the same job, once begun, and the next pull the next', async (t) => {
    const [first, second] = [await at.submit(), await at.submit()];
    const connection = open(t);
    const ask = async (token: string) =>
      ((await connection.run('pull', pull(token))) as string[]).slice(0, 3);
    assert.deepEqual(await ask('one'), ['begun', QUEUE, first]);
    assert.deepEqual(await ask('one'), ['begun', QUEUE, first]);
    assert.deepEqual(await ask('two'), ['begun', QUEUE, second]);
    const record = await at.farm.jobs.get(first);
    assert.equal(record?.attempt, 1);
    assert.equal(record?.fence, 1);
  });

  it('gives no job that was canceled meanwhile as begun', async (t) => {
    const id = await at.submit();
    const connection = open(t);
    await connection.run('pull', pull('one'));
    await at.farm.jobs.cancel(id);
    const [verdict] = (await connection.run('pull', pull('one'))) as string[];
    assert.equal(verdict, 'held');
  });
});

describe('an outage longer than the lock', () => {
  it('does not take a render from a worker that nobody has replaced', async () => {
    const id = await at.submit();
    const claim = await at.lane('w1', { lockMs: 600, stalledMs: 60_000 }).next(never);
    await at.raw.del(`${jobKey(id)}:lock`);
    await at.raw.lrem(`${at.prefix}:${QUEUE}:active`, 1, id);
    await at.raw.rpush(`${at.prefix}:${QUEUE}:wait`, id);
    await until('the lock to be back', async () => (await at.raw.exists(`${jobKey(id)}:lock`)) === 1);
    assert.equal(claim.signal.aborted, false);
    assert.equal(await at.raw.llen(`${at.prefix}:${QUEUE}:wait`), 0);
    assert.equal(await succeed(claim), true);
    assert.equal(await backlog(), 0);
  });

  it('is noticed by a worker whose job went elsewhere, without any message', async () => {
    const id = await at.submit();
    const claim = await at.lane('w1', { lockMs: 300, stalledMs: 60_000 }).next(never);
    await at.raw.hincrby(`${at.prefix}:job:${id}`, 'fence', 1);
    await until('the claim to be lost', () => claim.signal.aborted);
    claim.release();
  });
});

describe('a canceled job', () => {
  it('leaves no queue job behind once its worker has let go', async () => {
    const id = await at.submit();
    const claim = await at.lane().next(never);
    await at.farm.jobs.cancel(id);
    await claim.abandon();
    assert.equal(await backlog(), 0);
  });

  it('that is retried while its worker lets go is rendered again', async () => {
    const id = await at.submit();
    const claim = await at.lane('w1').next(never);
    await at.farm.jobs.cancel(id);
    await at.farm.jobs.retry(id);
    await claim.abandon();
    const second = await at.lane('w2').next(never);
    assert.equal(second.record.spec.id, id);
    assert.equal(await succeed(second), true);
  });
});

describe('a deadline', () => {
  it('is for the first start: a job that was handed back keeps its place', async () => {
    const id = await at.submit({ deadlineAt: Date.now() + 400 });
    const claim = await at.lane('w1').next(never);
    await until('the deadline to pass', () => Date.now() > claim.record.spec.deadlineAt!);
    await claim.handBack('draining');
    assert.equal((await at.lane('w2').next(never)).record.spec.id, id);
  });

  it('that has passed ends a job before it begins, whoever finds it first', async () => {
    const late = await at.submit({ deadlineAt: Date.now() - 1 });
    const next = await at.submit();
    assert.equal((await at.lane().next(never)).record.spec.id, next);
    assert.equal((await at.farm.jobs.get(late))?.status, 'expired');
  });

  it('begins again with a retry', async () => {
    const id = await at.submit({ createdAt: Date.now() - 60_000, deadlineAt: Date.now() - 1 });
    await at.farm.openReconciler({ leaseMs: 1_000 }).round();
    assert.equal((await at.farm.jobs.get(id))?.status, 'expired');
    await at.farm.jobs.retry(id);
    assert.ok((await at.farm.jobs.get(id))!.spec.deadlineAt! > Date.now() + 50_000);
    assert.equal((await at.lane().next(never)).record.spec.id, id);
  });
});

describe('which worker begins a job', () => {
  const record = (over: Partial<JobRecord>) =>
    ({ spec: aJob(), status: 'queued', attempt: 1, failures: [], ...over }) as JobRecord;
  const failedOn = (...workers: string[]) =>
    workers.map((worker, index) => ({ ...broken, attempt: index + 1, worker, at: 0 }));

  it('is not one that failed it, while one is there that did not', async () => {
    const failed = record({ failures: failedOn('w1') });
    assert.equal(await admit(failed, 'w1', async () => [aWorker('w2')], 0), 'leave');
    assert.equal(await admit(failed, 'w1', async () => [], 0), 'begin');
  });

  it('is any of them when all have failed it', async () => {
    const failed = record({ failures: failedOn('w1', 'w2') });
    assert.equal(await admit(failed, 'w1', async () => [aWorker('w2')], 0), 'begin');
  });

  it('is none for a job that has cost ten workers their lives', async () => {
    const deadly = record({ status: 'active', attempt: MAX_ATTEMPTS, worker: 'w9' });
    assert.equal(await admit(deadly, 'w1', async () => [], 0), 'give-up');
    assert.equal(await admit({ ...deadly, attempt: 2 }, 'w1', async () => [], 0), 'begin');
  });
});

describe('a job that kills every worker', () => {
  it('fails with all reasons instead of going round for ever', async () => {
    const id = await at.submit();
    await at.raw.hset(
      `${at.prefix}:job:${id}`,
      'status',
      'active',
      'attempt',
      `${MAX_ATTEMPTS}`,
      'worker',
      'w9',
    );
    const other = await at.submit();
    const claim = await at.lane().next(never);
    assert.equal(claim.record.spec.id, other);
    const failed = await at.farm.jobs.get(id);
    assert.equal(failed?.status, 'failed');
    assert.equal(failed?.error?.type, 'lost_worker');
    assert.equal(await backlog(), 1);
  });
});

describe('the reconciler', () => {
  it('removes queue jobs whose record has ended', async () => {
    const id = await at.submit();
    await at.raw.hset(`${at.prefix}:job:${id}`, 'status', 'canceled');
    const found = await at.farm.openReconciler({ leaseMs: 5_000 }).round();
    assert.deepEqual(found, { requeued: 0, strays: 1, reclaimed: 0, expired: 0 });
    assert.equal(await backlog(), 0);
  });

  it('takes the job of a worker that is gone before its lock runs out', async () => {
    const id = await at.submit();
    const gone = await at.lane('gone', { lockMs: 600_000, stalledMs: 600_000 }).next(never);
    gone.release();
    await at.farm.workers.beat(aWorker('gone'), 60);
    const reconciler = at.farm.openReconciler({ leaseMs: 5_000, silentMs: 0 });
    assert.equal((await reconciler.round())?.reclaimed, 0);
    await at.farm.workers.leave('gone');
    assert.equal((await reconciler.round())?.reclaimed, 1);
    const heir = await at.lane('heir').next(never);
    assert.equal(heir.record.spec.id, id);
    assert.equal(await succeed(gone), false);
    assert.equal(await succeed(heir), true);
  });

  it('gives every one of many lost queue jobs back', async () => {
    const createdAt = Date.now() - 60_000;
    const ids = await Promise.all(Array.from({ length: 20 }, () => at.submit({ createdAt })));
    await at.raw.del(`${at.prefix}:${QUEUE}:prioritized`, ...ids.map(jobKey));
    assert.equal((await at.farm.openReconciler({ leaseMs: 5_000, settleMs: 0 }).round())?.requeued, 20);
    assert.equal(await backlog(), 20);
  });
});

describe('the counts of an owner', () => {
  it('agree with the records after every kind of end', async () => {
    const owner = 'someone';
    const [, second, third] = await Promise.all([1, 2, 3].map(() => at.submit({ owner })));
    const lane = at.lane();
    await succeed(await lane.next(never));
    await at.farm.jobs.cancel(second!).catch(() => at.farm.jobs.cancel(third!));
    await (await lane.next(never)).fail(broken, { ...again, retry: false });
    const counts = await at.raw.hgetall(`${at.prefix}:owner:${owner}`);
    assert.deepEqual({ ...counts }, { queued: '0', active: '0', succeeded: '1', canceled: '1', failed: '1' });
    for (const { spec } of (await at.farm.jobs.list({}, { limit: 10 })).records) {
      await at.farm.jobs.remove(spec.id);
    }
    assert.deepEqual(await at.raw.hgetall(`${at.prefix}:owner:${owner}`), { queued: '0', active: '0' });
  });
});

describe('the archive', () => {
  it('names what ended too long ago, and what is beyond the newest', async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) {
      ids.push(await at.submit());
      await succeed(await at.lane().next(never));
    }
    const { archive } = at.farm;
    assert.deepEqual(await archive.expired({ endedBefore: Date.now() - 60_000 }, 10), []);
    assert.deepEqual(await archive.expired({ endedBefore: Date.now() + 1 }, 10), ids);
    assert.deepEqual(await archive.expired({ keep: 1 }, 10), ids.slice(0, 2));
    assert.deepEqual(await archive.expired({ keep: 5 }, 10), []);
  });

  it('knows which inputs a job still refers to', async () => {
    const base = aJob();
    const image = { kind: 'image' as const, key: 'inputs/a', type: 'image/png', bytes: 1, sha256: 'a' };
    const plan = { ...base.plan, image };
    const first = await at.submit({ plan });
    const second = await at.submit({ plan });
    const unused = () => at.farm.archive.unusedInputs(['inputs/a', 'inputs/b']);
    assert.deepEqual(await unused(), ['inputs/b']);
    await at.farm.jobs.remove(first);
    assert.deepEqual(await unused(), ['inputs/b']);
    await at.farm.jobs.remove(second);
    assert.deepEqual(await unused(), ['inputs/a', 'inputs/b']);
  });
});

describe('a wish to drain', () => {
  it('reaches a worker that missed the call with its next beat', async () => {
    await at.farm.workers.beat(aWorker('w1'), 60);
    await at.farm.workers.drain('w1');
    assert.deepEqual(await at.farm.workers.beat(aWorker('w1'), 60), { drain: true });
  });
});
