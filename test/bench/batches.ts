import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, Queue } from 'bullmq';
import { openRaw } from '@worldfarm/queue/testing';
import { startRedis, until } from '@worldfarm/test-support';
import { startDatasetFarm } from '../datasets/farm.ts';

const BULK = 1000;
const BARE_ROWS = 100_000;
const SAMPLE_MS = 250;
const QUARTERS = [0.25, 0.5, 0.75, 1];
/** What Redis may hold of a batch of any size: a byte a row, and the jobs that are under way. */
const REDIS_BOUND = 64e6;

const rowOf = (n: number) => ({
  input: {
    prompt: `a clip of a red car that drives along road ${n} in the rain, seen from above`,
    seed: n,
    resolution: '256',
    num_output_frames: 25,
    steps: 12,
  },
});

/**
 * `npm run bench batches [rows]`: a JSONL of so many rows (a million when none is said) is uploaded, validated and
 * accepted. Told are rows a second beside bare BullMQ's addBulk of the same rows in the same run, the batcher's
 * and the gateway's memory while it lasts (a quarter of the rows after another: what is flat does not grow with them),
 * and what Redis holds.
 */
export async function run([rows = '1000000']: string[]): Promise<void> {
  const count = Number(rows);
  const before = await bareRate(Math.min(count, BARE_ROWS));
  const ours = await acceptRows(count);
  const after = await bareRate(Math.min(count, BARE_ROWS));
  const bare = (before + after) / 2;
  const line = (name: string, value: string) => process.stdout.write(`  ${name.padEnd(38)} ${value}\n`);
  line('bare addBulk', `${before.toFixed(0)} and ${after.toFixed(0)} rows/s (before, after)`);
  line(`${count} rows uploaded`, `${(count / ours.upload).toFixed(0)} rows/s, ${ours.upload.toFixed(1)} s`);
  line('validated and accepted', `${(count / ours.accept).toFixed(0)} rows/s, ${ours.accept.toFixed(1)} s`);
  line('accepted, against bare addBulk', (count / ours.accept / bare).toFixed(2));
  line('upload and accepted, against bare', (count / (ours.accept + ours.upload) / bare).toFixed(2));
  for (const [part, { start, peak }] of Object.entries(ours.memory)) {
    line(`${part} memory`, `${mb(start)} at the start, ${mb(peak)} at most`);
  }
  line('batcher memory by quarters of the rows', ours.quarters.map(mb).join(', '));
  const verdict = ours.redis < REDIS_BOUND ? 'under' : 'OVER';
  line('Redis with all rows accepted', `${mb(ours.redis)}, ${verdict} its bound of ${mb(REDIS_BOUND)}`);
}

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Rows a second that go into a BullMQ queue in bulks, with the options a render job has. */
async function bareRate(count: number): Promise<number> {
  const server = await startRedis();
  const redis = openRaw(server.url);
  const queue = new Queue('bare', { connection: redis as unknown as ConnectionOptions });
  const since = performance.now();
  for (let from = 0; from < count; from += BULK) {
    await queue.addBulk(
      Array.from({ length: Math.min(BULK, count - from) }, (_, nth) => ({
        name: 'render',
        data: rowOf(from + nth),
        opts: { priority: 1000, attempts: 1, removeOnComplete: true, removeOnFail: true },
      })),
    );
  }
  const seconds = (performance.now() - since) / 1000;
  await queue.close();
  redis.disconnect();
  await server.stop();
  return count / seconds;
}

async function acceptRows(count: number) {
  const farm = await startDatasetFarm({
    parts: ['gateway', 'batcher'],
    environment: { WORLDFARM_BATCH_QUEUE_DEPTH: '1000' },
  });
  try {
    const watched = await watchMemory(farm.pids());
    const began = performance.now();
    const jsonl = await farm.client.upload(jsonlStream(count));
    const uploaded = performance.now();
    const { id } = await farm.client.create({ name: 'bench', source: { jsonl }, max_active: 1000 });
    const quarters: number[] = [];
    await until(
      'all rows to be accepted',
      async () => {
        const { total, status } = (await farm.farm.batches.get(id))!;
        const passed = QUARTERS.filter((share) => total >= share * count).length;
        while (quarters.length < passed) quarters.push(await residentBytes(farm.pids().batcher!));
        return status === 'running';
      },
      3_600_000,
    );
    const accepted = performance.now();
    const batch = await farm.client.get(id);
    if (batch.counts.total !== count) throw new Error(`accepted ${batch.counts.total} rows of ${count}`);
    await until(
      'the queue to be full',
      async () => (await farm.farm.batches.counts(id)).rows.open >= Math.min(count, 1000),
      120_000,
    );
    const redis = await farm.redisBytes();
    return {
      upload: (uploaded - began) / 1000,
      accept: (accepted - uploaded) / 1000,
      memory: watched(),
      quarters,
      redis,
    };
  } finally {
    await farm.stop();
  }
}

function jsonlStream(count: number): ReadableStream<Uint8Array> {
  let next = 0;
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      let text = '';
      for (const to = Math.min(next + BULK, count); next < to; next++)
        text += `${JSON.stringify(rowOf(next))}\n`;
      controller.enqueue(encoder.encode(text));
      if (next >= count) controller.close();
    },
  });
}

/** Watches resident memory of processes; the answer ends it. */
async function watchMemory(pids: Readonly<Record<string, number>>) {
  const seen: Record<string, { start: number; peak: number }> = {};
  for (const [part, pid] of Object.entries(pids)) {
    const start = await residentBytes(pid);
    seen[part] = { start, peak: start };
  }
  const timer = setInterval(async () => {
    for (const [part, pid] of Object.entries(pids)) {
      seen[part]!.peak = Math.max(seen[part]!.peak, await residentBytes(pid).catch(() => 0));
    }
  }, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    return seen;
  };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
