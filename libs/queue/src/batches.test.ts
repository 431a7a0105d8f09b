import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { batchSpecSchema } from '@worldfarm/core';
import { aJob } from '@worldfarm/test-support';
import { LeadLost } from './batch-api.ts';
import { useFarm } from './testing/harness.ts';

const harness = useFarm();
const ID = 'batch_00000000000000000000';
const LEASE = 60_000;
const spec = batchSpecSchema.parse({ name: 'a', source: { jsonl: '{}' } });
const create = (digest = 'one') =>
  harness.farm.batches.create({ id: ID, owner: 'anonymous', spec, digest, profile: 'null' });
const lead = async () => {
  const led = await harness.farm.batches.lead(ID, LEASE);
  assert.ok(led);
  return led;
};
const rows = async () => (await harness.farm.batches.counts(ID)).rows;

/** A batch of five rows: two done, one failed, one open, one pending. */
async function aBatch() {
  await create();
  const led = await lead();
  await led.begin(5);
  await led.patch({ status: 'running', total: 5 });
  await led.move([
    { row: 0, to: 'done' },
    { row: 1, to: 'done' },
    { row: 2, to: 'failed' },
    { row: 3, to: 'open', job: 'job-3' },
  ]);
  return led;
}

describe('a batch on Redis', () => {
  it('is made once, and found by the same spec', async () => {
    const first = await create();
    assert.equal(first.status, 'validating');
    assert.equal((await create()).createdAt, first.createdAt);
    assert.deepEqual(await harness.farm.batches.unfinished(), [ID]);
    assert.deepEqual(
      (await harness.farm.batches.list({}, { limit: 10 })).records.map(({ id }) => id),
      [ID],
    );
  });

  it('refuses another spec while it runs, and takes it as a new revision when it has ended', async () => {
    const led = await aBatch();
    await assert.rejects(create('two'), { type: 'invalid_transition' });
    await led.patch({ status: 'completed' });
    const next = await create('two');
    assert.deepEqual([next.revision, next.status, next.total], [2, 'validating', 0]);
  });

  it('counts its rows as they move, and keeps a byte for each', async () => {
    await aBatch();
    assert.deepEqual(await rows(), { pending: 1, open: 1, staged: 0, done: 2, failed: 1, canceled: 0 });
    assert.deepEqual([...(await harness.farm.batches.states(ID))], [3, 3, 4, 1, 0]);
    assert.equal((await harness.farm.batches.get(ID))!.finished, 3);
  });

  it('counts a move that is made again once', async () => {
    const led = await aBatch();
    await led.move([{ row: 0, to: 'done' }]);
    await led.move([{ row: 3, to: 'done', job: 'job-3' }]);
    await led.move([{ row: 3, to: 'done', job: 'job-3' }]);
    assert.deepEqual(await rows(), { pending: 1, open: 0, staged: 0, done: 3, failed: 1, canceled: 0 });
    assert.equal((await harness.farm.batches.get(ID))!.finished, 4);
  });

  it('counts a clip that waited for its shard once', async () => {
    const led = await aBatch();
    await led.move([{ row: 3, to: 'staged', job: 'job-3' }]);
    await led.move([{ row: 3, to: 'done' }]);
    assert.equal((await harness.farm.batches.get(ID))!.finished, 4);
  });

  it('knows the jobs that are under way, and what has become of them', async () => {
    const led = await aBatch();
    assert.deepEqual(await led.openJobs(), [{ job: 'job-3', row: 3, status: undefined }]);
    await harness.farm.jobs.submit(aJob({ id: 'job-3' }));
    assert.deepEqual(await led.openJobs(), [{ job: 'job-3', row: 3, status: 'queued' }]);
    await led.move([{ row: 3, to: 'done', job: 'job-3' }]);
    assert.deepEqual(await led.openJobs(), []);
  });

  it('takes its failed and canceled rows back, and only those', async () => {
    const led = await aBatch();
    await led.cancelPending();
    assert.equal((await rows()).canceled, 1);
    await led.patch({ status: 'canceled' });
    assert.deepEqual(await harness.farm.batches.unfinished(), []);
    assert.equal(await harness.farm.batches.retryFailed(ID), 2);
    assert.deepEqual(await rows(), { pending: 2, open: 1, staged: 0, done: 2, failed: 0, canceled: 0 });
    assert.equal((await harness.farm.batches.get(ID))!.status, 'running');
    assert.deepEqual(await harness.farm.batches.unfinished(), [ID]);
  });

  it('goes on with what is missing when the same spec comes again after its end', async () => {
    const led = await aBatch();
    await led.move([
      { row: 3, to: 'done', job: 'job-3' },
      { row: 4, to: 'canceled' },
    ]);
    await led.patch({ status: 'completed' });
    assert.equal((await create()).status, 'running');
    assert.deepEqual(await rows(), { pending: 2, open: 0, staged: 0, done: 3, failed: 0, canceled: 0 });
  });

  it('stays ended when the same spec comes again and nothing is missing', async () => {
    await create();
    const led = await lead();
    await led.begin(1);
    await led.move([{ row: 0, to: 'done' }]);
    await led.patch({ status: 'completed', total: 1 });
    assert.equal((await create()).status, 'completed');
  });
});

describe('the place of a dataset', () => {
  const other = { id: 'batch_00000000000000000001', owner: 'b', spec, digest: 'one', profile: 'null' };

  it("is one batch's alone, until that is forgotten", async () => {
    await create();
    await assert.rejects(harness.farm.batches.create(other), {
      type: 'invalid_transition',
      param: 'output.prefix',
    });
    assert.equal(await harness.farm.batches.remove({ id: ID, spec }, Date.now()), false, 'it has not ended');
    const led = await lead();
    await led.patch({ status: 'completed', endedAt: 1000 });
    assert.equal(await harness.farm.batches.remove({ id: ID, spec }, 999), false, 'it ended later');
    assert.equal(await harness.farm.batches.remove({ id: ID, spec }, 1000), true);
    assert.equal(await harness.farm.batches.get(ID), undefined);
    assert.deepEqual((await harness.farm.batches.list({}, { limit: 10 })).records, []);
    assert.equal((await harness.farm.batches.create(other)).status, 'validating');
  });

  it('neither lies in another one nor holds it', async () => {
    const at = (prefix: string, n: number) => {
      const output = { ...spec.output, prefix };
      return { ...other, id: `batch_0000000000000000000${n}`, spec: { ...spec, output } };
    };
    await harness.farm.batches.create(at('sets/a/', 1));
    const taken = { type: 'invalid_transition', param: 'output.prefix' };
    await assert.rejects(harness.farm.batches.create(at('sets/a/data/', 2)), taken);
    await assert.rejects(harness.farm.batches.create(at('sets/', 3)), taken);
    await harness.farm.batches.create(at('sets/ab/', 4));
  });

  it('is not taken by a dry run', async () => {
    await harness.farm.batches.create({ ...other, spec: { ...spec, dry_run: true } });
    assert.equal((await create()).status, 'validating');
  });
});

describe('the lead of a batch', () => {
  it('is held by one at a time', async () => {
    await create();
    const first = await lead();
    assert.equal(await harness.farm.batches.lead(ID, LEASE), undefined);
    await first.resign();
    assert.ok(await harness.farm.batches.lead(ID, LEASE));
  });

  it('once lost, changes nothing any more', async () => {
    const old = await aBatch();
    await harness.raw.del(`${harness.prefix}:lock:batch:${ID}`);
    await lead();
    assert.equal(await old.renew(), false);
    await assert.rejects(old.move([{ row: 4, to: 'done' }]), LeadLost);
    await assert.rejects(old.patch({ status: 'completed' }), LeadLost);
    await assert.rejects(old.begin(9), LeadLost);
    await assert.rejects(old.cancelPending(), LeadLost);
    assert.equal((await rows()).pending, 1);
  });

  it('may let it be forgotten', async () => {
    await create();
    const led = await lead();
    await led.patch({ status: 'completed' });
    await led.expire(60);
    assert.deepEqual((await harness.farm.batches.list({}, { limit: 10 })).records, []);
    assert.equal((await harness.farm.batches.get(ID))!.status, 'completed');
    assert.ok((await harness.raw.ttl(`${harness.prefix}:batch:${ID}:record`)) > 0);
  });

  it('keeps small notes with the batch', async () => {
    await create();
    const led = await lead();
    await led.note('shard', { rows: [1, 2] });
    assert.deepEqual(await led.notes('shard'), { rows: [1, 2] });
    await led.note('shard', undefined);
    assert.equal(await led.notes('shard'), undefined);
  });

  it('forgets the shard that an older revision left open, for its rows are others', async () => {
    await create();
    const led = await lead();
    await led.note('shard', { rows: [1, 2] });
    await led.note('members/shards/train-000000.tar', { clips: 2 });
    await led.begin(5);
    assert.equal(await led.notes('shard'), undefined);
    assert.deepEqual(await led.notes('members/shards/train-000000.tar'), { clips: 2 });
  });
});
