import type { ClipPlace, Layout, ProvenanceRow, RowResult } from '@worldfarm/core';
import { listAll } from '@worldfarm/storage';
import type { BatchRun } from '../run/batch-run.ts';
import type { Results } from '../rows/results.ts';
import { openFolderLayout } from './folder.ts';
import { openLerobotLayout } from './lerobot.ts';
import { openWebdatasetLayout } from './webdataset.ts';

/** A rendered clip on its way into a dataset. */
export interface NewClip {
  readonly row: number;
  readonly id: string;
  readonly split: string;
  readonly extension: string;
  readonly type: string;
  readonly bytes: number;
  readonly from: ClipPlace;
}

/** Where it has come to lie: `staged` when its place in a shard is still to be found. */
export interface Placed {
  /** relative to the dataset */
  readonly file: string;
  readonly offset?: number;
  readonly at: ClipPlace;
  readonly state: 'done' | 'staged';
}

/** What the tables of a layout are written from. */
export interface Finished {
  /** the manifest, row by row, as often as wanted */
  rows(): AsyncIterable<ProvenanceRow>;
  /** Writes a file of the dataset through a local one. */
  write(file: string, type: string, fill: (path: string) => Promise<unknown>): Promise<void>;
  /** no row is left to come: clips that are no rows of it are rests of an older revision, or of a crash */
  readonly whole: boolean;
}

/** Full shards only; also what is left over; also, when no row is left to come, what an older revision has left. */
export type Pack = 'full' | 'left' | 'last';

/** One way of laying a dataset out. Everything may be done again after a crash and comes out the same. */
export interface LayoutWriter {
  place(clip: NewClip): Promise<Placed>;
  /** Hears of results that are in storage. */
  settled(results: readonly RowResult[]): void;
  /** Packs clips. @returns the rows whose clips have found their place */
  pack(what: Pack): Promise<readonly number[]>;
  finish(dataset: Finished): Promise<void>;
}

/** Removes the files under a prefix that are not wanted any more: readers would take them for clips of the dataset. */
export async function removeRests(
  { store, signal }: Pick<BatchRun, 'store' | 'signal'>,
  prefix: string,
  isWanted: (key: string) => boolean,
): Promise<void> {
  for await (const { key } of listAll(store, prefix, signal)) if (!isWanted(key)) await store.delete(key);
}

export type OpenLayout = (run: BatchRun, prefix: string, results: Results) => Promise<LayoutWriter>;

export const LAYOUT_WRITERS: Record<Layout, OpenLayout> = {
  folder: openFolderLayout,
  webdataset: openWebdatasetLayout,
  lerobot: openLerobotLayout,
};
