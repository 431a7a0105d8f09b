import { Readable } from 'node:stream';
import type { ProvenanceRow } from '@worldfarm/core';
import { pack } from 'tar-stream';
import { clipLine } from '../clip-line.ts';

/** A clip that goes into a shard. */
export interface ShardMember {
  readonly id: string;
  /** of the clip: `mp4`, `webm`, `jpg` */
  readonly extension: string;
  readonly bytes: number;
  /** goes beside it as `<id>.json` */
  readonly json: string;
  /** Opens the clip's bytes; called when its turn has come. */
  open(): Promise<Readable>;
}

const BLOCK = 512;
/** One moment for every file, so that the same members make the same bytes. */
const MTIME = new Date(0);

/** `train-000000.tar`: shards of a split in order. */
export function shardName(split: string, index: number): string {
  return `${split}-${String(index).padStart(6, '0')}.tar`;
}

/** What stands beside a clip in a shard: its columns, and all of its provenance as text, so that every row has one schema. */
export function shardJson(row: ProvenanceRow): string {
  return clipLine(row, { split: row.split, provenance: JSON.stringify(row) });
}

/** Bytes that a tar file of these members has. */
export function shardBytes(members: readonly Pick<ShardMember, 'bytes' | 'json'>[]): number {
  const ends = 2 * BLOCK;
  return members.reduce((sum, member) => sum + memberBytes(member), ends);
}

/** Where each member's clip begins in the shard; the clip comes first, its JSON behind it. */
export function clipOffsets(members: readonly Pick<ShardMember, 'bytes' | 'json'>[]): number[] {
  let at = 0;
  return members.map((member) => {
    const begin = at + BLOCK;
    at += memberBytes(member);
    return begin;
  });
}

function memberBytes({ bytes, json }: Pick<ShardMember, 'bytes' | 'json'>): number {
  return 2 * BLOCK + padded(bytes) + padded(Buffer.byteLength(json));
}

const padded = (bytes: number) => Math.ceil(bytes / BLOCK) * BLOCK;

/**
 * A WebDataset shard as it is written: for each member `<id>.<extension>` and `<id>.json`, in order. The stream
 * fails when a clip cannot be read or has another length than was said.
 */
export function shardStream(members: readonly ShardMember[]): Readable {
  const tar = pack();
  const write = async () => {
    for (const { id, extension, bytes, json, open } of members) {
      const clip = await open();
      const entry = tar.entry({ name: `${id}.${extension}`, size: bytes, mtime: MTIME, mode: 0o644 });
      for await (const chunk of clip) {
        if (!entry.write(chunk)) await drained(entry);
      }
      entry.end(undefined);
      await finished(entry, `${id}.${extension}`);
      tar.entry({ name: `${id}.json`, mtime: MTIME, mode: 0o644 }, json);
    }
    tar.finalize();
  };
  write().catch((error: Error) => tar.destroy(error));
  return Readable.from(tar, { objectMode: false });
}

type Entry = NodeJS.EventEmitter;

function drained(entry: Entry): Promise<void> {
  return new Promise((resolve, reject) => {
    entry.once('drain', resolve);
    entry.once('error', reject);
  });
}

function finished(entry: Entry, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    entry.once('finish', resolve);
    entry.once('error', (error) =>
      reject(new Error(`${name} does not have the length that was said`, { cause: error })),
    );
  });
}
