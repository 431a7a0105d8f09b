import type { JobRecord, JobStatus, SentType, WebhookTarget } from '@worldfarm/core';
import { type Connection, execAll, translate } from './connection.ts';
import { type Entry, minId, parseEntries, parseGroups, parsePending } from './outbox-entries.ts';
import { webhookKeys } from './outbox-names.ts';
import { decodeRecord } from './record.ts';

/** An event that is no move of a job: a batch's end, a test. */
export interface EmittedEvent {
  readonly type: SentType;
  /** id of the batch, or of whatever it is about; with `sequence` it makes the event's id */
  readonly subject: string;
  readonly sequence: number;
  /** ms since the epoch */
  readonly at: number;
  readonly owner: string;
  /** a batch's own webhook */
  readonly webhook?: WebhookTarget;
  /** the public view of the batch */
  readonly data: Readonly<Record<string, unknown>>;
  /** only this standing endpoint hears of it */
  readonly endpoint?: string;
}

/** What the outbox holds: a move of a job (or that it got on), or an event as it was emitted. */
export type OutboxEntry = { readonly entry: string } & (
  | {
      readonly kind: 'job';
      readonly job: string;
      readonly status: JobStatus | 'progress';
      readonly sequence: number;
      readonly at: number;
    }
  | { readonly kind: 'emitted'; readonly event: EmittedEvent }
);

/**
 * Events that were written in the same atomic step as the change that caused them, and stay until a courier has
 * made deliveries of them.
 */
export interface Outbox {
  /** @throws FarmError dependency_unavailable */
  emit(event: EmittedEvent): Promise<void>;
  openReader(options: ReaderOptions): OutboxReader;
  /** Entries that no courier is through with, those being read included. */
  length(): Promise<number>;
}

export interface ReaderOptions {
  /** names this reader; unique for each process */
  readonly name: string;
  /** entries that another reader has held for this long are taken over */
  readonly claimAfterMs: number;
  /** how long a read waits for new entries */
  readonly waitMs: number;
}

export interface OutboxReader {
  /** Up to `count` entries; none when nothing came. What is not acknowledged comes again. */
  read(count: number): Promise<readonly OutboxEntry[]>;
  acknowledge(entries: readonly OutboxEntry[]): Promise<void>;
  /** The jobs' records as they are now; those of removed jobs as they were last. */
  records(jobs: readonly string[]): Promise<ReadonlyMap<string, JobRecord>>;
  /** Drops what every reader is through with, and readers that are gone. */
  trim(): Promise<void>;
  close(): void;
}

const GROUP = 'courier';
const FORGET_READER_MS = 3_600_000;

export function openOutbox(connection: Connection): Outbox {
  const { redis, prefix } = connection;
  const { outbox } = webhookKeys(prefix);
  return {
    async emit(event) {
      await translate(() => redis.xadd(outbox, '*', 'event', JSON.stringify(event)));
    },
    openReader: (options) => openReader(connection, options),
    length: () => translate(() => redis.xlen(outbox)),
  };
}

function openReader(connection: Connection, { name, claimAfterMs, waitMs }: ReaderOptions): OutboxReader {
  const { redis, prefix } = connection;
  const keys = webhookKeys(prefix);
  const blocking = connection.duplicate();
  let grouped = false;
  /** After a fault our own unacknowledged entries come first. */
  let resume = true;
  let claimedAt = 0;

  async function ensureGroup(): Promise<void> {
    if (grouped) return;
    // From the beginning: what was written before the first courier ran is still to be told.
    await redis.xgroup('CREATE', keys.outbox, GROUP, '0', 'MKSTREAM').catch((error: Error) => {
      if (!error.message.startsWith('BUSYGROUP')) throw error;
    });
    grouped = true;
  }

  async function own(count: number): Promise<OutboxEntry[]> {
    const reply = await redis.xreadgroup('GROUP', GROUP, name, 'COUNT', count, 'STREAMS', keys.outbox, '0');
    const entries = parseEntries((reply as [string, Entry[]][] | null)?.[0]?.[1]);
    if (entries.length === 0) resume = false;
    return entries;
  }

  async function abandoned(count: number): Promise<OutboxEntry[]> {
    if (Date.now() - claimedAt < claimAfterMs / 2) return [];
    const reply = await redis.xautoclaim(keys.outbox, GROUP, name, claimAfterMs, '0', 'COUNT', count);
    const entries = parseEntries((reply as [string, Entry[]])[1]);
    if (entries.length === 0) claimedAt = Date.now();
    return entries;
  }

  async function fresh(count: number): Promise<OutboxEntry[]> {
    const reply = await blocking.xreadgroup(
      ...(['GROUP', GROUP, name, 'COUNT', count, 'BLOCK', waitMs, 'STREAMS', keys.outbox, '>'] as const),
    );
    return parseEntries((reply as [string, Entry[]][] | null)?.[0]?.[1]);
  }

  return {
    read: (count) =>
      translate(async () => {
        try {
          await ensureGroup();
          const back = resume ? await own(count) : await abandoned(count);
          return back.length > 0 ? back : await fresh(count);
        } catch (error) {
          grouped = false;
          resume = true;
          throw error;
        }
      }),

    async acknowledge(entries) {
      if (entries.length === 0) return;
      await translate(() => redis.xack(keys.outbox, GROUP, ...entries.map(({ entry }) => entry)));
    },

    async records(jobs) {
      const ids = [...new Set(jobs)];
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.hgetall(keys.job(id)).hgetall(keys.removed(id));
      const replies = await execAll(pipeline);
      const hash = (index: number) => replies[index] as Record<string, string>;
      const found = new Map<string, JobRecord>();
      for (const [index, id] of ids.entries()) {
        const record = decodeRecord(id, hash(2 * index)) ?? decodeRecord(id, hash(2 * index + 1));
        if (record) found.set(id, record);
      }
      return found;
    },

    trim: () =>
      translate(async () => {
        const groups = parseGroups(await redis.xinfo('GROUPS', keys.outbox));
        const bounds = await Promise.all(
          groups.map(async (group) => {
            const pending = parsePending(await redis.xpending(keys.outbox, group.name));
            return pending ?? group.last;
          }),
        );
        // The newest entry that all are through with stays: MINID keeps what is not below it.
        if (bounds.length > 0) await redis.xtrim(keys.outbox, 'MINID', minId(bounds));
        const readers = (await redis.xinfo('CONSUMERS', keys.outbox, GROUP)) as (string | number)[][];
        for (const [, reader, , pending, , idle] of readers) {
          if (reader === name || pending !== 0 || Number(idle) < FORGET_READER_MS) continue;
          await redis.xgroup('DELCONSUMER', keys.outbox, GROUP, String(reader));
        }
      }),

    close: () => blocking.disconnect(),
  };
}
