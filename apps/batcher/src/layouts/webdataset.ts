import { batchKeys, ROW_STATES, type RowResult } from '@worldfarm/core';
import {
  clipOffsets,
  dueShards,
  shardJson,
  type ShardMember,
  type ShardPlan,
  shardName,
  shardNumbers,
  shardOf,
  shardStream,
  type Staged,
} from '@worldfarm/dataset';
import { listAll } from '@worldfarm/storage';
import type { BatchRun } from '../run/batch-run.ts';
import { copyClip, openClip } from '../rows/clip.ts';
import { openRenders } from '../rows/renders.ts';
import type { Results } from '../rows/results.ts';
import { type OpenLayout, removeRests } from './layout.ts';

type ClipResult = Extract<RowResult, { clip: unknown }>;

/** A shard that is being written; kept until it is closed, so that a crash writes the same one again. */
interface NamedPlan extends ShardPlan {
  readonly index: number;
}

const TAR = 'application/x-tar';
const STAGED = ROW_STATES.indexOf('staged');

/**
 * WebDataset: tar shards of a split, `<id>.mp4` and `<id>.json` in each. A closed shard never changes; one that
 * holds clips that are no rows any more goes when those of its clips that still are have been packed anew.
 */
export const openWebdatasetLayout: OpenLayout = async (run, prefix, results) => {
  const { store, record, lead, signal } = run;
  const { shard_bytes } = record.spec.output;
  const stagedKeys = batchKeys(record).staged;
  const shards = `${prefix}shards/`;
  const renders = openRenders(run);
  const staged = new Map<number, Staged>();
  for (const [row, state] of (await run.farm.batches.states(record.id)).entries()) {
    const result = state === STAGED ? await results.get(row) : undefined;
    if (result && 'clip' in result) stage(result);
  }
  const written: string[] = [];
  for await (const { key } of listAll(store, shards, signal)) written.push(key);
  const numbers = shardNumbers(written);

  function stage({ row, clip }: ClipResult): void {
    staged.set(row, { row, split: clip.split, bytes: clip.bytes });
  }

  async function close(plan: NamedPlan): Promise<void> {
    const file = `shards/${shardName(plan.split, plan.index)}`;
    const clips = await clipsOf(plan.rows, results);
    const members = clips.map((clip) => memberOf(clip, file, run));
    await store.put(`${prefix}${file}`, shardStream(members), { contentType: TAR, signal });
    const offsets = clipOffsets(members);
    const packed = clips.map((result, nth) => ({
      ...result,
      clip: { ...result.clip, file, offset: offsets[nth]! },
      at: { key: `${prefix}${file}`, offset: offsets[nth]! },
    }));
    await results.put(packed);
    await renders.note(packed);
    await lead.note(`members/${file}`, { clips: clips.length });
    await lead.move(plan.rows.map((row) => ({ row, to: 'done' as const })));
    await lead.note('shard', undefined);
    numbers.take(plan.split, plan.index);
    for (const row of plan.rows) staged.delete(row);
    for (const { at } of clips) if (at.key.startsWith(stagedKeys)) await store.delete(at.key);
  }

  async function closeAll(plans: readonly NamedPlan[]): Promise<readonly number[]> {
    for (const plan of plans) {
      signal.throwIfAborted();
      await lead.note('shard', plan);
      await close(plan);
    }
    return plans.flatMap(({ rows }) => rows);
  }

  function due(atEnd: boolean): NamedPlan[] {
    const waiting = [...staged.values()].sort((a, b) => a.row - b.row);
    const next = numbers.copy();
    return dueShards(waiting, shard_bytes, atEnd).map((plan) => {
      const index = next.next(plan.split);
      next.take(plan.split, index);
      return { ...plan, index };
    });
  }

  /** Clips of shards that have lost others of their clips wait for a shard again. */
  async function unpackBroken(): Promise<void> {
    const held = new Map<string, number>();
    for await (const { clip } of packed()) held.set(clip.file, (held.get(clip.file) ?? 0) + 1);
    const broken = new Set<string>();
    for (const [file, clips] of held) {
      const members = await lead.notes<{ clips: number }>(`members/${file}`);
      if (members?.clips !== clips) broken.add(file);
    }
    if (broken.size === 0) return;
    const rows: number[] = [];
    for await (const result of packed()) {
      if (!broken.has(result.clip.file)) continue;
      rows.push(result.row);
      stage(result);
    }
    await lead.move(rows.map((row) => ({ row, to: 'staged' as const })));
  }

  async function* packed(): AsyncGenerator<ClipResult> {
    for await (const result of results.clips()) if (result.clip.offset !== undefined) yield result;
  }

  return {
    async place(clip) {
      const { from } = clip;
      if (
        from.key.startsWith(shards) &&
        from.offset !== undefined &&
        shardOf(from.key).split === clip.split
      ) {
        return { file: from.key.slice(prefix.length), offset: from.offset, at: from, state: 'done' };
      }
      const key = `${stagedKeys}${clip.id}.${clip.extension}`;
      await copyClip(store, { ...from, bytes: clip.bytes }, key, clip.type, signal);
      return { file: `shards/${clip.split}`, at: { key }, state: 'staged' };
    },

    settled(all) {
      for (const result of all) if ('clip' in result && result.clip.offset === undefined) stage(result);
    },

    async pack(what) {
      const unfinished = await lead.notes<NamedPlan>('shard');
      const before = unfinished ? await closeAll([unfinished]) : [];
      // Only what was written before this revision can hold clips that are no rows of it.
      if (what === 'last' && written.length > 0) await unpackBroken();
      return [...before, ...(await closeAll(due(what !== 'full')))];
    },

    async finish({ rows, whole }) {
      if (!whole) return;
      await store.deletePrefix(stagedKeys);
      const files = new Set<string>();
      for await (const { file } of rows()) files.add(`${prefix}${file}`);
      await removeRests(run, shards, (key) => files.has(key));
    },
  };
};

async function clipsOf(rows: readonly number[], results: Results): Promise<ClipResult[]> {
  const clips: ClipResult[] = [];
  for (const row of rows) {
    const result = await results.get(row);
    if (!result || !('clip' in result)) throw new Error(`row ${row} of a shard has no clip`);
    clips.push(result);
  }
  return clips;
}

function memberOf({ clip, at }: ClipResult, file: string, { store, signal }: BatchRun): ShardMember {
  const { offset: _, near_duplicate_of: __, ...row } = clip;
  return {
    id: clip.id,
    extension: at.key.endsWith('.tar') ? 'mp4' : at.key.slice(at.key.lastIndexOf('.') + 1),
    bytes: clip.bytes,
    json: shardJson({ ...row, file }),
    open: () => openClip(store, { ...at, bytes: clip.bytes }, signal),
  };
}
