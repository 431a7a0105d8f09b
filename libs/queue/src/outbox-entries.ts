import type { JobStatus } from '@worldfarm/core';
import { pairs } from './fields.ts';
import type { EmittedEvent, OutboxEntry } from './outbox.ts';

/** A stream entry as Redis sends it; null fields for one that was trimmed meanwhile. */
export type Entry = [id: string, fields: string[] | null];

export function parseEntries(entries: readonly Entry[] | undefined): OutboxEntry[] {
  return (entries ?? []).map(([entry, list]) => {
    const fields = pairs(list ?? []);
    if (fields.event !== undefined) {
      return { entry, kind: 'emitted', event: JSON.parse(fields.event) as EmittedEvent };
    }
    return {
      entry,
      kind: 'job',
      job: fields.job ?? '',
      status: fields.status as JobStatus | 'progress',
      sequence: Number(fields.seq),
      at: Number(fields.at),
    };
  });
}

/** Name and newest delivered id of each consumer group, from XINFO GROUPS. */
export function parseGroups(reply: unknown): { name: string; last: string }[] {
  return (reply as string[][]).map((group) => {
    const fields = pairs(group);
    return { name: fields.name!, last: fields['last-delivered-id']! };
  });
}

/** The oldest unacknowledged id, from the summary form of XPENDING. */
export function parsePending(reply: unknown): string | undefined {
  const [, oldest] = reply as [number, string | null];
  return oldest ?? undefined;
}

/** The smallest of some stream ids (`ms-sequence`). */
export function minId(ids: readonly string[]): string {
  const parts = (id: string) => id.split('-').map(Number) as [number, number];
  return [...ids].sort((a, b) => {
    const [x, y] = [parts(a), parts(b)];
    return x[0] - y[0] || x[1] - y[1];
  })[0]!;
}
