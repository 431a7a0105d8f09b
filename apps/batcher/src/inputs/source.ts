import { createInterface } from 'node:readline';
import { type Axis, type BatchSpec, type Grid, LONGEST_LINE, openGrid } from '@worldfarm/core';
import type { Reader } from './reader.ts';

/** A row as its source has it: a line of text, or a value that was made. */
export type SourceRow = { readonly line: number } & ({ readonly text: string } | { readonly value: unknown });

const LARGEST_SOURCE = 500_000_000_000;

/** Every row of a JSONL or grid source, one at a time; blank lines count but are no rows. */
export async function* sourceRows(
  source: Exclude<BatchSpec['source'], { batch: string }>,
  reader: Reader,
  signal: AbortSignal,
): AsyncGenerator<SourceRow> {
  if ('grid' in source) yield* gridRows(source.grid, reader, signal);
  else yield* jsonlRows(source.jsonl, reader, signal);
}

async function* gridRows(grid: Grid, reader: Reader, signal: AbortSignal): AsyncGenerator<SourceRow> {
  const open = openGrid(grid, await imagesOf(grid.axes, reader, signal));
  for (let index = 0; index < open.count; index++)
    yield { line: index + 1, value: { input: open.at(index) } };
}

async function imagesOf(axes: Readonly<Record<string, Axis>>, reader: Reader, signal: AbortSignal) {
  const found: Record<string, string[]> = {};
  for (const [name, axis] of Object.entries(axes)) {
    if (Array.isArray(axis) || !('images' in axis)) continue;
    const all: string[] = [];
    for await (const address of reader.list(axis.images, signal)) {
      if (/\.(jpe?g|png|webp)$/i.test(address)) all.push(address);
    }
    found[name] = all;
  }
  return found;
}

/** Lines of one object, or of every `.jsonl` under a prefix; the numbers go on from file to file. */
async function* jsonlRows(address: string, reader: Reader, signal: AbortSignal): AsyncGenerator<SourceRow> {
  let line = 0;
  for await (const file of filesOf(address, reader, signal)) {
    const body = await reader.open(file, { maxBytes: LARGEST_SOURCE, signal });
    for await (const text of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.length > LONGEST_LINE) yield { line, text: '' };
      else if (text.trim() !== '') yield { line, text };
    }
  }
}

async function* filesOf(address: string, reader: Reader, signal: AbortSignal): AsyncGenerator<string> {
  if (!address.endsWith('/')) {
    yield address;
    return;
  }
  for await (const file of reader.list(address, signal)) if (file.endsWith('.jsonl')) yield file;
}
