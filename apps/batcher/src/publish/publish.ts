import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchCounts, ProvenanceRow } from '@worldfarm/core';
import {
  croissant,
  datasetCard,
  MANIFEST_COLUMNS,
  NearDuplicates,
  startStatistics,
  writeParquet,
} from '@worldfarm/dataset';
import type { LayoutWriter } from '../layouts/layout.ts';
import type { Results } from '../rows/results.ts';
import type { BatchRun } from '../run/batch-run.ts';
import { contactSheet, SHEET_CLIPS } from './contact-sheet.ts';
import { evenly } from './evenly.ts';
import { endWriting, linesOf, writeLine } from './lines.ts';

/** A dataset as it is now. */
export interface Dataset {
  readonly prefix: string;
  readonly results: Results;
  readonly layout: LayoutWriter;
  readonly counts: BatchCounts;
  /** every row has ended */
  readonly whole: boolean;
}

/**
 * Writes what describes a dataset as a whole: manifest, its table, what the layout wants, the card, Croissant.
 * Each file is replaced whole; while a batch runs they tell of the clips so far.
 */
export async function publish(
  run: BatchRun,
  { prefix, results, layout, counts, whole }: Dataset,
): Promise<void> {
  const { store, record, profile, signal } = run;
  const { spec } = record;
  const folder = await mkdtemp(join(run.scratch, 'publish-'));
  const put = (file: string, type: string, body: Uint8Array | string) =>
    store.put(`${prefix}${file}`, Buffer.from(body), { contentType: type, signal });
  let nth = 0;
  const write = async (file: string, type: string, fill: (path: string) => Promise<unknown>) => {
    const path = join(folder, `file-${nth++}`);
    await fill(path);
    return store.put(`${prefix}${file}`, createReadStream(path), { contentType: type, signal });
  };

  try {
    const local = join(folder, 'manifest.jsonl');
    const { statistics, sheet } = await writeManifest(local, results);
    const rows = () => linesOf<ProvenanceRow>(local);
    const stored = await store.put(`${prefix}manifest.jsonl`, createReadStream(local), {
      contentType: 'application/jsonlines',
      signal,
    });
    await write('manifest.parquet', 'application/vnd.apache.parquet', (path) =>
      writeParquet(path, MANIFEST_COLUMNS, rows()),
    );
    await layout.finish({ rows, whole, write: async (...args) => void (await write(...args)) });
    const jpeg = await contactSheet(sheet, run, signal);
    if (jpeg) await put('contact-sheet.jpg', 'image/jpeg', jpeg);
    const facts = {
      name: spec.name,
      description: spec.output.description ?? '',
      license: spec.output.license,
      creator: spec.output.creator,
      url: spec.output.url,
      layout: spec.output.layout,
    };
    await put(
      'README.md',
      'text/markdown',
      datasetCard(
        {
          ...facts,
          batch: record.id,
          notices: profile.notice ? [profile.notice] : [],
          counts,
          contactSheet: jpeg !== undefined,
        },
        statistics,
      ),
    );
    const described = croissant(
      {
        ...facts,
        version: `1.${record.revision - 1}.0`,
        created: new Date(record.createdAt).toISOString().slice(0, 10),
        manifest: { bytes: stored.bytes, sha256: stored.sha256! },
      },
      statistics,
    );
    await put('croissant.json', 'application/ld+json', `${JSON.stringify(described, null, 2)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Clips in order of their rows, near duplicates marked, into a local file; clips of open shards have no place yet. */
async function writeManifest(path: string, results: Results) {
  const out = createWriteStream(path);
  const statistics = startStatistics();
  const duplicates = new NearDuplicates();
  const sheet = evenly<{ key: string; offset?: number; bytes: number; frames: number }>(SHEET_CLIPS);
  for await (const { clip, at } of results.clips()) {
    if (clip.file.startsWith('shards/') && clip.offset === undefined) continue;
    const near = clip.scores ? duplicates.add(clip.id, clip.scores.phash) : null;
    const row = { ...clip, near_duplicate_of: near };
    statistics.add(row);
    sheet.add({ ...at, bytes: clip.bytes, frames: clip.frames });
    await writeLine(out, JSON.stringify(row));
  }
  await endWriting(out);
  return { statistics: statistics.result(), sheet: sheet.taken() };
}
