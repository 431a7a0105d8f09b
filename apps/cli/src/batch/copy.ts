import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BatchClient } from '@worldfarm/client';
import { UsageError } from '../explain.ts';

export interface Copied {
  readonly files: number;
  readonly bytes: number;
  /** files that were there already, by their length */
  readonly skipped: number;
}

/** What is written anew while a batch runs; the rest never changes once it is there. */
const CHANGING =
  /(^|\/)(README\.md|croissant\.json|manifest\.\w+|metadata\.jsonl|contact-sheet\.jpg)$|^meta\/|^data\/chunk/;

/** Copies a dataset into a folder. Again, it brings what is missing; a file appears only when it is whole. */
export async function copyDataset(
  id: string,
  folder: string,
  client: Pick<BatchClient, 'files' | 'fetchFile'>,
): Promise<Copied> {
  let [files, bytes, skipped] = [0, 0, 0];
  const root = resolve(folder);
  for await (const file of client.files(id)) {
    const target = resolve(root, file.path);
    if (!target.startsWith(root + sep)) throw new UsageError(`the farm names a file outside: ${file.path}`);
    const there = await stat(target).catch(() => undefined);
    if (there?.size === file.bytes && !CHANGING.test(file.path)) {
      skipped++;
      continue;
    }
    await mkdir(dirname(target), { recursive: true });
    const partial = join(dirname(target), `.${process.pid}.partial`);
    await pipeline(Readable.fromWeb((await client.fetchFile(file)) as never), createWriteStream(partial));
    await rename(partial, target);
    files++;
    bytes += file.bytes;
  }
  return { files, bytes, skipped };
}
