import { batchKeys, ROW_STATES, type RowResult } from '@worldfarm/core';
import {
  clipOffsets,
  dueShards,
  shardJson,
  type ShardMember,
  type ShardPlan,
  shardName,
  shardStream,
  type Staged,
} from '@worldfarm/dataset';
import { copyClip, openClip } from '../rows/clip.ts';
import type { Results } from '../rows/results.ts';
import type { BatchRun } from '../run/batch-run.ts';
import type { OpenLayout } from './layout.ts';

type ClipResult = Extract<RowResult, { clip: unknown }>;

/** A shard that is being written; kept until it is closed, so that a crash writes the same one again. */
interface NamedPlan extends ShardPlan {
  readonly index: number;
}

const TAR = 'application/x-tar';
const STAGED = ROW_STATES.indexOf('staged');

/** WebDataset: tar shards of a split, `<id>.mp4` and `<id>.json` in each. A closed shard never changes. */
export const openWebdatasetLayout: OpenLayout = async (run, prefix, results) => {
  const { store, record, lead, signal } = run;
  const { shard_bytes } = record.spec.output;
  const stagedKeys = batchKeys(record).staged;
  const staged = new Map<number, Staged>();
  for (const [row, state] of (await run.farm.batches.states(record.id)).entries()) {
    const result = state === STAGED ? await results.get(row) : undefined;
    if (result && 'clip' in result)
      staged.set(row, { row, split: result.clip.split, bytes: result.clip.bytes });
  }

  async function close(plan: NamedPlan): Promise<void> {
    const file = `shards/${shardName(plan.split, plan.index)}`;
    const clips = await clipsOf(plan.rows, results);
    const members = clips.map((clip) => memberOf(clip, file, run));
    await store.put(`${prefix}${file}`, shardStream(members), { contentType: TAR, signal });
    const offsets = clipOffsets(members);
    await results.put(
      clips.map((result, nth) => ({
        ...result,
        clip: { ...result.clip, file, offset: offsets[nth]! },
        at: { key: `${prefix}${file}`, offset: offsets[nth]! },
      })),
    );
    await lead.move(plan.rows.map((row) => ({ row, to: 'done' as const })));
    await lead.note(`shards/${plan.split}`, { next: plan.index + 1 });
    await lead.note('shard', undefined);
    for (const row of plan.rows) staged.delete(row);
    for (const { at } of clips) if (at.key.startsWith(stagedKeys)) await store.delete(at.key);
  }

  return {
    async place(clip) {
      const own = `${prefix}shards/`;
      if (clip.from.key.startsWith(own) && clip.from.offset !== undefined) {
        const file = clip.from.key.slice(prefix.length);
        return { file, offset: clip.from.offset, at: clip.from, state: 'done' };
      }
      const key = `${stagedKeys}${clip.id}.${clip.extension}`;
      await copyClip(store, { ...clip.from, bytes: clip.bytes }, key, clip.type, signal);
      return { file: `shards/${clip.split}`, at: { key }, state: 'staged' };
    },

    settled(all) {
      for (const result of all) {
        if (!('clip' in result) || result.clip.offset !== undefined) continue;
        staged.set(result.row, { row: result.row, split: result.clip.split, bytes: result.clip.bytes });
      }
    },

    async pack(atEnd) {
      const unfinished = await lead.notes<NamedPlan>('shard');
      if (unfinished) await close(unfinished);
      const waiting = [...staged.values()].sort((a, b) => a.row - b.row);
      for (const plan of dueShards(waiting, shard_bytes, atEnd)) {
        signal.throwIfAborted();
        const next = await lead.notes<{ next: number }>(`shards/${plan.split}`);
        const named = { ...plan, index: next?.next ?? 0 };
        await lead.note('shard', named);
        await close(named);
      }
    },

    async finish() {
      await store.deletePrefix(stagedKeys);
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
