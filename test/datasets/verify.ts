import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProvenanceRow } from '@worldfarm/core';

/** What is wrong with a dataset on disk; empty when every clip is there once and is what the manifest says. */
export async function faultsOf(
  folder: string,
  expected: number,
): Promise<{ faults: string[]; rows: ProvenanceRow[] }> {
  const rows = await manifestOf(folder);
  const faults: string[] = [];
  if (rows.length !== expected) faults.push(`${rows.length} rows, not ${expected}`);
  for (const name of ['id', 'key', 'line'] as const) {
    const distinct = new Set(rows.map((row) => row[name])).size;
    if (distinct !== rows.length) faults.push(`${rows.length - distinct} rows share their ${name}`);
  }
  for (const row of rows) {
    const bytes = await readFile(join(folder, row.file)).catch(() => undefined);
    if (!bytes) {
      faults.push(`${row.file} is missing`);
      continue;
    }
    const clip = row.offset === undefined ? bytes : bytes.subarray(row.offset, row.offset + row.bytes);
    const sha256 = createHash('sha256').update(clip).digest('hex');
    if (sha256 !== row.sha256) faults.push(`${row.file} (${row.id}) is not what the manifest says`);
  }
  return { faults, rows };
}

export async function manifestOf(folder: string): Promise<ProvenanceRow[]> {
  const text = await readFile(join(folder, 'manifest.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ProvenanceRow);
}
