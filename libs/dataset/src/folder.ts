import type { ProvenanceRow } from '@worldfarm/core';
import { clipLine } from './clip-line.ts';

/** Folder of the clips of a split in a Hugging Face videofolder: the folder's name is the split's. */
export function splitFolder(split: string): string {
  return `data/${split}/`;
}

/** Where a clip lies in a videofolder. */
export function clipPath({ split, id }: { split: string; id: string }, extension: string): string {
  return `${splitFolder(split)}${id}.${extension}`;
}

/** A line of a split's `metadata.jsonl`: the clip's name beside it, and its columns. */
export function videofolderLine(row: ProvenanceRow): string {
  return clipLine(row, { file_name: row.file.slice(splitFolder(row.split).length) });
}
