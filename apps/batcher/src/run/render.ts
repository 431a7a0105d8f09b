import { setTimeout as wait } from 'node:timers/promises';
import {
  BATCHES,
  type BatchCounts,
  batchCounts,
  isOverErrors,
  isTerminal,
  jobPrefix,
  outputPrefix,
  type RowResult,
} from '@worldfarm/core';
import type { OpenJob } from '@worldfarm/queue';
import { LAYOUT_WRITERS, type LayoutWriter, type Pack } from '../layouts/layout.ts';
import { inPool } from '../pool.ts';
import { publish } from '../publish/publish.ts';
import { openRows, type Rows } from '../rows/chunks.ts';
import { openRenders, type Renders } from '../rows/renders.ts';
import { openResults, type Results } from '../rows/results.ts';
import { RowStates } from '../rows/states.ts';
import type { BatchRun } from './batch-run.ts';
import { resubmit, sortRows, submitRows } from './feed.ts';
import type { InputCache } from './job-spec.ts';
import { type Settled, settleFound, settleJob } from './settle.ts';

/** How rendering ended. `paused` goes on when its owner says so. */
export type RenderEnd = 'done' | 'canceled' | 'stopped';

const SETTLES = 4;
/** Ended jobs that are brought in between two looks at what else is to be done. */
const PORTION = 128;

/** Feeds rows to the queues as they drain and brings in what comes back, until no row is left. */
export async function renderRows(run: BatchRun): Promise<RenderEnd> {
  const loop = await openLoop(run);
  while (true) {
    run.signal.throwIfAborted();
    const end = await loop.turn();
    if (end) return end;
  }
}

async function openLoop(run: BatchRun) {
  const { record, lead, farm, config, store } = run;
  const { spec } = record;
  const prefix = outputPrefix(spec);
  const chunks: Rows = openRows(run);
  const results: Results = openResults(run, record);
  const renders: Renders = openRenders(run);
  const layout: LayoutWriter = await LAYOUT_WRITERS[spec.output.layout](run, prefix, results);
  const deps = { chunks, results, layout };
  const inputs: InputCache = new Map();
  const looksBack = record.revision > 1 || spec.reuse || (await wasBegun(run, prefix));
  let states = new RowStates(await farm.batches.states(record.id));
  let published = { at: Date.now(), clips: states.counts.done };
  let status = record.status;

  /** Results go to storage, then states to Redis, then what only they needed goes away. */
  async function commit(settled: readonly Settled[]): Promise<void> {
    if (settled.length === 0) return;
    const given = settled.flatMap(({ result }) => (result ? [result] : []));
    await results.put(given);
    await renders.note(given.filter(isRenderOfOurs));
    await lead.move(settled.map(({ row, to, job }) => ({ row, to, ...(job && { job }) })));
    for (const { row, to } of settled) states.set(row, to);
    layout.settled(given);
    if (record.total > config.keepJobs) await inPool(settled, SETTLES, forget);
  }

  /** A clip that waits for its shard is noted when it has its place; one that an export carries is another batch's. */
  const isRenderOfOurs = (result: RowResult): result is Extract<RowResult, { clip: unknown }> =>
    'clip' in result && !('batch' in spec.source) && !result.at.key.startsWith(BATCHES);

  async function pack(what: Pack): Promise<void> {
    for (const row of await layout.pack(what)) states.set(row, 'done');
  }

  /** A million records would fill Redis: those of a large batch go when their clips are in. */
  async function forget({ job, to }: Settled): Promise<void> {
    if (!job || to === 'pending' || to === 'failed') return;
    const gone = await farm.jobs.remove(job).catch(() => undefined);
    if (gone) await store.deletePrefix(jobPrefix(gone.spec));
  }

  async function bringIn(open: readonly OpenJob[]): Promise<number> {
    const ended = open.filter(({ status }) => status && isTerminal(status)).slice(0, PORTION);
    await commit(await inPool(ended, SETTLES, (job) => settleJob(job, run, deps)));
    return ended.length;
  }

  async function feed(open: readonly OpenJob[]): Promise<number> {
    const broken = await resubmit(open, run, chunks, inputs);
    const room = Math.min(spec.max_active - open.length, PORTION);
    const rows = room > 0 ? states.pending(room) : [];
    const { found, missing } = await sortRows(rows, {
      chunks,
      renders: looksBack ? renders : undefined,
    });
    await commit(await inPool(found, SETTLES, (clip) => settleFound(clip, run, deps)));
    const refused = [...broken, ...(missing.length ? await submitRows(missing, run, inputs) : [])];
    for (const { row } of missing) states.set(row, 'open');
    await commit(
      refused.map((result) => ({ result, row: result.row, to: 'failed' as const, ...jobIn(result) })),
    );
    return rows.length;
  }

  const countsNow = (): BatchCounts => batchCounts(states.counts, 0, record.invalid);

  /** The manifest grows with the batch, but is not written more often than it pays: when it has grown by half. */
  async function publishSometimes(): Promise<void> {
    const clips = states.counts.done;
    if (clips < published.clips * 1.5 + 1 || Date.now() - published.at < config.publishMs) return;
    await publish(run, { prefix, results, layout, counts: countsNow(), whole: false });
    published = { at: Date.now(), clips };
  }

  async function say(next: 'running' | 'paused'): Promise<void> {
    if (status !== next) await lead.patch({ status: next });
    status = next;
  }

  /** Rows of jobs that wait for a worker go back to pending; what is being rendered is rendered to its end. */
  async function takeBack(open: readonly OpenJob[]): Promise<void> {
    const waiting = open.filter(({ status }) => status === undefined || status === 'queued');
    if (waiting.length === 0) return;
    // The row first: a job whose row is pending is taken for that row's when it is fed again.
    await lead.move(waiting.map(({ row, job }) => ({ row, job, to: 'pending' as const })));
    for (const { row } of waiting) states.set(row, 'pending');
    await inPool(waiting, SETTLES, ({ job }) => farm.jobs.remove(job).catch(() => undefined));
  }

  async function stopOpen(open: readonly OpenJob[]): Promise<void> {
    const living = open.filter(({ status }) => status && !isTerminal(status));
    await inPool(living, SETTLES, ({ job }) => farm.jobs.cancel(job).catch(() => undefined));
    const unborn = open.filter(({ status }) => status === undefined);
    await lead.move(unborn.map(({ row, job }) => ({ row, job, to: 'canceled' as const })));
    for (const { row } of unborn) states.set(row, 'canceled');
  }

  return {
    async turn(): Promise<RenderEnd | undefined> {
      const now = await farm.batches.get(record.id);
      const counts = await farm.batches.counts(record.id);
      // Somebody sent failed rows back to pending.
      if (counts.rows.pending !== states.counts.pending)
        states = new RowStates(await farm.batches.states(record.id));
      const open = await lead.openJobs();
      const over = isOverErrors(spec.on_error, states.counts.failed, record.total);
      if (now?.want === 'cancel' || over) {
        await stopOpen(open);
        await lead.cancelPending();
        states = new RowStates(await farm.batches.states(record.id));
        if (states.counts.open > 0) await bringIn(await lead.openJobs());
        if (states.counts.open > 0) return void (await rest());
        await pack('left');
        return over ? 'stopped' : 'canceled';
      }
      const came = await bringIn(open);
      await pack('full');
      const paused = now?.want === 'pause';
      await say(paused ? 'paused' : 'running');
      const left = open.filter(({ status }) => !status || !isTerminal(status));
      const fed = paused ? 0 : await feed(left);
      if (paused) await takeBack(left);
      await publishSometimes();
      const { pending, open: under } = states.counts;
      if (pending === 0 && under === 0) {
        await pack('last');
        return 'done';
      }
      if (came === 0 && fed === 0) await rest();
      return undefined;
    },
  };

  async function rest(): Promise<void> {
    await wait(config.tickMs, undefined, { signal: run.signal }).catch(() => run.signal.throwIfAborted());
  }
}

/** Whether clips may be there already: those of a batch whose record is gone, or of a leader before this one. */
async function wasBegun({ record, store }: BatchRun, prefix: string): Promise<boolean> {
  return record.finished > 0 || (await store.head(`${prefix}manifest.jsonl`)) !== undefined;
}

function jobIn(result: RowResult): { job?: string } {
  return 'failure' in result && result.failure.job ? { job: result.failure.job } : {};
}
