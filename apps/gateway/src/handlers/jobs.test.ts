import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { startRedis, type TestRedis, until } from '@worldfarm/test-support';
import { errorOf, get, post } from '../testing/call.ts';
import { type FakeWorker, type FakeWorkerOptions, startFakeWorker } from '../testing/fake-worker.ts';
import { startGateway, type TestGateway } from '../testing/harness.ts';

const INPUT = { prompt: 'a red circle', resolution: '256', num_output_frames: 25, seed: 1 };

let redis: TestRedis;
let test: TestGateway;
let worker: FakeWorker | undefined;

before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
beforeEach(async () => {
  test = await startGateway({ redisUrl: redis.url, config: { eventCommentMs: 20 } });
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await test.close();
});

const DONE = '01a21bf8-9b8a-7000-8050-0a616f4acc8b';
const work = (render?: FakeWorkerOptions['render']) => {
  worker = startFakeWorker(test, { ...(render && { render }) });
};
const submit = async (over: object = {}) =>
  (await post(`${test.url}/v1/jobs`, { input: INPUT, ...over })).body;
const job = (id: string, rest = '') => `${test.url}/v1/jobs/${id}${rest}`;
const ended = (id: string, status = 'succeeded') =>
  until(`job to be ${status}`, async () => {
    const { body } = await get(job(id));
    return body.status === status && body;
  });

describe('POST /v1/jobs', () => {
  it('answers 202 with the job and keeps every option', async () => {
    const { status, body } = await post(`${test.url}/v1/jobs`, {
      input: INPUT,
      profile: 'kernel-world',
      priority: 'low',
      deadline: '30m',
      timeout: '20m',
      tags: { run: 'a', split: 'train' },
      webhook: { url: 'https://example.com/hook', events: ['job.succeeded'] },
      output: { format: 'webm', codec: 'vp9', quality: 3, prefix: 'set/one' },
    });
    assert.equal(status, 202);
    assert.equal(body.object, 'job');
    assert.equal(body.priority, 'low');
    assert.deepEqual(body.tags, { run: 'a', split: 'train' });
    const { spec } = (await test.farm.jobs.get(body.id))!;
    assert.deepEqual(spec.output, { container: 'webm', codec: 'vp9', quality: 3 });
    assert.equal(spec.outputPrefix, 'set/one/');
    assert.equal(spec.timeoutSeconds, 1200);
    assert.equal(spec.webhook?.url, 'https://example.com/hook');
    assert.ok(spec.deadlineAt! > Date.now() + 29 * 60_000);
  });

  it('refuses what it does not know, naming it', async () => {
    const refused = async (body: object) => errorOf(await post(`${test.url}/v1/jobs`, body)).param;
    assert.equal(await refused({}), 'input');
    assert.equal(await refused({ input: INPUT, when: 'now' }), 'when');
    assert.equal(await refused({ input: INPUT, priority: 'urgent' }), 'priority');
    assert.equal(await refused({ input: INPUT, deadline: 'soon' }), 'deadline');
    assert.equal(await refused({ input: INPUT, webhook: { url: 'ftp://x' } }), 'webhook.url');
    assert.equal(await refused({ input: INPUT, output: { prefix: '../up' } }), 'output.prefix');
    assert.equal(await refused({ input: { ...INPUT, seed: -1 } }), 'seed');
  });
});

describe('GET /v1/jobs', () => {
  it('lists newest first, page by page, and filters', async () => {
    const ids: string[] = [];
    for (const run of ['a', 'b', 'a']) ids.push((await submit({ tags: { run } })).id);
    const first = await get(`${test.url}/v1/jobs?limit=2`);
    assert.deepEqual(
      first.body.data.map((each: { id: string }) => each.id),
      [ids[2], ids[1]],
    );
    assert.equal(first.body.has_more, true);
    const second = await get(`${test.url}/v1/jobs?limit=2&cursor=${first.body.next_cursor}`);
    assert.deepEqual(
      second.body.data.map((each: { id: string }) => each.id),
      [ids[0]],
    );
    assert.equal(second.body.next_cursor, null);
    const tagged = await get(`${test.url}/v1/jobs?tag=run=b`);
    assert.deepEqual(
      tagged.body.data.map((each: { id: string }) => each.id),
      [ids[1]],
    );
    assert.equal((await get(`${test.url}/v1/jobs?status=failed`)).body.data.length, 0);
    assert.equal((await get(`${test.url}/v1/jobs?tier=480`)).body.data.length, 0);
    assert.equal((await get(`${test.url}/v1/jobs?profile=kernel-world`)).body.data.length, 3);
  });

  it('refuses filters that mean nothing', async () => {
    for (const [query, param] of [
      ['status=done', 'status'],
      ['limit=0', 'limit'],
      ['limit=1001', 'limit'],
      ['tier=1080', 'tier'],
      ['tag=x', 'tag'],
      ['cursor=a:b', 'cursor'],
    ]) {
      const answer = await get(`${test.url}/v1/jobs?${query}`);
      assert.equal(answer.status, 400, query);
      assert.equal(errorOf(answer).param, param);
    }
  });
});

describe('one job', () => {
  it('tells its place in the queue', async () => {
    await submit();
    const second = await submit();
    assert.equal((await get(job(second.id))).body.queue_position, 1);
  });

  it('has its outputs under their URLs when it is done', async () => {
    const { id } = await submit();
    work();
    const { output } = await ended(id);
    assert.equal(output.video.url, `/v1/jobs/${id}/video`);
    assert.equal((await get(`${test.url}${output.video.url}`)).headers.get('content-type'), 'video/mp4');
    assert.equal(errorOf(await get(job(id, '/thumbnail'))).type, 'not_found');
  });

  it('is redirected to storage where storage has links', async () => {
    const { id } = await submit();
    work();
    await ended(id);
    test.gateway.store.presignGet = async (key) => new URL(`https://bucket.example/${key}?signed`);
    const video = await get(job(id, '/video'));
    assert.equal(video.status, 302);
    assert.match(video.headers.get('location')!, /^https:\/\/bucket\.example\/jobs\/.*\?signed$/);
    assert.match((await get(job(id))).body.output.video.url, /^https:\/\/bucket/);
  });

  it('is canceled, also twice, and queued again', async () => {
    const { id } = await submit();
    assert.equal((await post(job(id, '/cancel'), '')).body.status, 'canceled');
    assert.equal((await post(job(id, '/cancel'), '')).status, 200);
    assert.equal(errorOf(await get(job(id, '/result'))).type, 'job_canceled');
    const again = await post(job(id, '/retry'), '');
    assert.equal(again.status, 202);
    assert.equal(again.body.status, 'queued');
    assert.equal(errorOf(await post(job(id, '/retry'), '')).type, 'invalid_transition');
  });

  it('changes its place in the line with its priority, while it is queued', async () => {
    const first = await submit();
    const { id } = await submit({ priority: 'low' });
    assert.equal((await get(job(id))).body.queue_position, 1);
    const moved = await post(job(id, '/priority'), { priority: 'high' });
    assert.equal(moved.status, 200);
    assert.deepEqual([moved.body.priority, moved.body.queue_position], ['high', 0]);
    assert.equal((await get(job(first.id))).body.queue_position, 1);
    assert.equal(errorOf(await post(job(id, '/priority'), { priority: 'urgent' })).param, 'priority');
    await post(job(id, '/cancel'), '');
    const late = await post(job(id, '/priority'), { priority: 'low' });
    assert.deepEqual([late.status, errorOf(late).type], [409, 'invalid_transition']);
  });

  it('has logs', async () => {
    const { id } = await submit();
    work(async (_record, claim) => {
      await claim.log('info', 'half way');
      return Buffer.from('x');
    });
    await ended(id);
    const { body } = await get(job(id, '/logs'));
    assert.ok(body.data.some((line: { message: string }) => line.message === 'half way'));
  });

  it('is gone with its outputs when it is deleted', async () => {
    const { id } = await submit();
    work();
    const { output } = await ended(id);
    const response = await fetch(job(id), { method: 'DELETE' });
    assert.deepEqual(await response.json(), { id, object: 'job.deleted', deleted: true });
    assert.equal((await get(job(id))).status, 404);
    assert.equal(await test.gateway.store.head(output.video.key), undefined);
  });

  it('is not there for ids that nobody has', async () => {
    for (const id of ['nope', '..%2f..', 'a%00b', 'x'.repeat(200)]) {
      assert.equal(errorOf(await get(job(id))).type, 'job_not_found');
    }
  });
});

describe('GET /v1/jobs/<id>/events', () => {
  it('sends the whole job at each change, comments while it waits, and ends with the job', async () => {
    const { id } = await submit();
    const response = await fetch(job(id, '/events'));
    assert.match(response.headers.get('content-type')!, /text\/event-stream/);
    const text = new Promise<string>((resolve) => {
      let all = '';
      let working = false;
      const read = async () => {
        for await (const chunk of response.body!) {
          all += Buffer.from(chunk).toString();
          if (!working && all.includes(': still here')) {
            working = true;
            work(async (_record, claim) => {
              await claim.progress({ value: 0.5, stage: 'steps', step: 2, steps: 4 });
              return Buffer.from('x');
            });
          }
        }
        resolve(all);
      };
      void read();
    });
    const events = (await text).split('\n\n').filter((block) => block.startsWith('id:'));
    const statuses = events.map((block) => JSON.parse(block.split('data: ')[1]!).status);
    assert.equal(statuses[0], 'queued');
    assert.equal(statuses.at(-1), 'succeeded');

    const last = /id: (\S+)/.exec(events.at(-1)!)![1]!;
    assert.equal((await fetch(job(id, '/events'), { headers: { 'last-event-id': last } })).status, 204);
    const first = /id: (\S+)/.exec(events[0]!)![1]!;
    const rest = await (await fetch(job(id, '/events'), { headers: { 'last-event-id': first } })).text();
    assert.match(rest, /"status":"succeeded"/);
  });
});

describe('workers and queues', () => {
  it('are told with their counts', async () => {
    await submit();
    await test.farm.workers.beat(
      {
        id: 'w1',
        status: 'ready',
        host: 'h',
        device: 'cpu',
        engine: 'null',
        profiles: ['kernel-world'],
        tiers: ['256'],
        jobsDone: 3,
        jobsFailed: 1,
        job: 'j2',
        lastThumbnail: `jobs/${DONE}/1/thumbnail.jpg`,
        startedAt: 1,
        seenAt: 1,
        version: '1',
      },
      60,
    );
    const workers = await get(`${test.url}/v1/workers`);
    const { device, profiles, tiers, jobs_done, jobs_failed, last_thumbnail_url, ...told } =
      workers.body.data[0];
    assert.deepEqual([told.id, told.status, told.job], ['w1', 'ready', 'j2']);
    assert.deepEqual([device, profiles, tiers], ['cpu', ['kernel-world'], ['256']]);
    assert.deepEqual([jobs_done, jobs_failed], [3, 1]);
    assert.equal(last_thumbnail_url, `/v1/jobs/${DONE}/thumbnail`);
    assert.equal((await post(`${test.url}/v1/workers/w1/drain`, '')).status, 202);
    assert.equal((await post(`${test.url}/v1/workers/w2/drain`, '')).status, 404);
    const queue = await get(`${test.url}/v1/queues/kernel-world`);
    assert.equal(queue.body.backlog, 1);
    assert.deepEqual(queue.body.tiers, { 256: 1 });
    assert.equal((await get(`${test.url}/v1/queues/kernel-world?tier=480`)).body.backlog, 0);
    assert.equal((await get(`${test.url}/v1/queues`)).body.data.length, 1);
    assert.match((await get(`${test.url}/v1/metrics`)).body, /worldfarm_queue_backlog{.*} 1/);
  });

  it('refuse more when the queue is as deep as it may be', async () => {
    await test.close();
    test = await startGateway({ redisUrl: redis.url, environment: { WORLDFARM_QUEUE_DEPTH: '2' } });
    await submit();
    await submit();
    const full = await post(`${test.url}/v1/jobs`, { input: INPUT });
    assert.equal(full.status, 429);
    assert.equal(errorOf(full).type, 'queue_full');
    assert.ok(Number(full.headers.get('retry-after')) > 0);
  });

  it('refuse a job that nobody can take where no worker is expected', async () => {
    await test.close();
    test = await startGateway({ redisUrl: redis.url, environment: { WORLDFARM_EXPECT_WORKERS: '0' } });
    const answer = await post(`${test.url}/v1/jobs`, { input: INPUT });
    assert.equal(answer.status, 503);
    assert.equal(errorOf(answer).type, 'no_capacity');
    assert.equal((await get(`${test.url}/v1/health/ready`)).status, 503);
    assert.equal((await get(`${test.url}/v1/health/live`)).status, 200);
  });
});
