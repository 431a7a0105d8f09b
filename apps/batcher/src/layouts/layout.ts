import type { ClipPlace, Layout, ProvenanceRow, RowResult } from '@worldfarm/core';
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
}

/** One way of laying a dataset out. Everything may be done again after a crash and comes out the same. */
export interface LayoutWriter {
  place(clip: NewClip): Promise<Placed>;
  /** Hears of results that are in storage. */
  settled(results: readonly RowResult[]): void;
  /** Packs what is due; everything that is left when `atEnd`. */
  pack(atEnd: boolean): Promise<void>;
  finish(dataset: Finished): Promise<void>;
}

export type OpenLayout = (run: BatchRun, prefix: string, results: Results) => Promise<LayoutWriter>;

export const LAYOUT_WRITERS: Record<Layout, OpenLayout> = {
  folder: openFolderLayout,
  webdataset: openWebdatasetLayout,
  lerobot: openLerobotLayout,
};
