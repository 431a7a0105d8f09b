import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { ProvenanceRow } from '@worldfarm/core';
import { type ObjectStore, openFolderStore, readJsonLines } from '@worldfarm/storage';

interface Faults {
  readonly faults: string[];
  readonly rows: ProvenanceRow[];
}

/** What is wrong with a dataset; empty when every clip is there once and is what the manifest says. */
export async function faultsOf(store: ObjectStore, prefix: string, expected: number): Promise<Faults> {
  const rows = await manifestOf(store, prefix);
  const faults: string[] = [];
  if (rows.length !== expected) faults.push(`${rows.length} rows, not ${expected}`);
  for (const name of ['id', 'key', 'line'] as const) {
    const distinct = new Set(rows.map((row) => row[name])).size;
    if (distinct !== rows.length) faults.push(`${rows.length - distinct} rows share their ${name}`);
  }
  for (const row of rows) {
    const { offset } = row;
    const range = offset === undefined ? undefined : { start: offset, end: offset + row.bytes - 1 };
    const clip = await store.get(`${prefix}${row.file}`, { range }).then(
      ({ body }) => buffer(body),
      () => undefined,
    );
    if (!clip) {
      faults.push(`${row.file} is missing`);
      continue;
    }
    const sha256 = createHash('sha256').update(clip).digest('hex');
    if (sha256 !== row.sha256) faults.push(`${row.file} (${row.id}) is not what the manifest says`);
  }
  return { faults, rows };
}

/** The same of a dataset that was copied to this disk. */
export async function faultsInFolder(root: string, expected: number): Promise<Faults> {
  const store = await openFolderStore({ root });
  try {
    return await faultsOf(store, '', expected);
  } finally {
    store.close();
  }
}

export function manifestOf(store: ObjectStore, prefix: string): Promise<ProvenanceRow[]> {
  return readJsonLines(store, `${prefix}manifest.jsonl`);
}
