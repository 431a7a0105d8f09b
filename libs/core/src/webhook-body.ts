import type { JobRecord } from './job.ts';
import { jobView } from './job-view.ts';
import type { JobStatus } from './status.ts';
import { isTerminal } from './status.ts';
import type { SentType } from './webhook.ts';

/** The body of a delivery stays under this many bytes (CONTRACT: webhooks). */
export const MAX_BODY_BYTES = 20_000;
const LONG_TEXT = 1_000;

/** What every body has around its data. */
export interface EventHead {
  readonly type: SentType;
  /** ms since the epoch: when it happened */
  readonly at: number;
  /** grows with each event of one job or batch; receivers put them in order by it */
  readonly sequence: number;
}

/** A delivery's body: a job or batch in `data`, with links, never media. */
export interface EventBody {
  readonly type: SentType;
  readonly timestamp: string;
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The id of an event, the same whenever and wherever it is made from the same change. */
export function eventId(subject: string, sequence: number): string {
  return `evt_${subject}_${sequence}`;
}

/** @param link makes a path on the gateway a link that the receiver can follow */
export function jobEventBody(
  record: JobRecord,
  head: EventHead & { readonly status: JobStatus },
  link: (path: string) => string,
): EventBody {
  const then = asOf(record, head.status);
  const url = (_file: unknown, kind: string) => link(`/v1/jobs/${record.spec.id}/${kind}`);
  return eventBody(head, jobView(then, { url, link }));
}

export function eventBody({ type, at, sequence }: EventHead, data: Record<string, unknown>): EventBody {
  return fitBody({ type, timestamp: new Date(at).toISOString(), sequence, data });
}

/**
 * The record when it had `status`, as far as that can be told afterwards: an event may be read after the job has
 * gone on, and must not show an end before it tells of one.
 */
export function asOf(record: JobRecord, status: JobStatus): JobRecord {
  if (record.status === status) return record;
  if (isTerminal(status)) return { ...record, status };
  return { ...record, status, endedAt: undefined, output: undefined, error: undefined };
}

/** What is given up, one after another, while a body is too long; `data.truncated` then says so. */
const SHORTER: readonly ((data: Record<string, unknown>) => Record<string, unknown>)[] = [
  (data) => shortTexts(data) as Record<string, unknown>,
  ({ failures: _failures, warnings: _warnings, ...rest }) => rest,
  ({ input: _input, ...rest }) => rest,
  ({ tags: _tags, metrics: _metrics, ...rest }) => rest,
  ({ id, object, status, urls }) => ({ id, object, status, urls }),
];

/** Makes a body fit: the whole of a job is one GET away. */
function fitBody(body: EventBody): EventBody {
  let fitted = body;
  for (const shorten of SHORTER) {
    if (byteLength(fitted) <= MAX_BODY_BYTES) break;
    fitted = { ...fitted, data: { ...shorten(fitted.data), truncated: true } };
  }
  return fitted;
}

function shortTexts(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONG_TEXT ? `${value.slice(0, LONG_TEXT)}…` : value;
  if (Array.isArray(value)) return value.map(shortTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortTexts(inner)]));
}

function byteLength(body: EventBody): number {
  return new TextEncoder().encode(JSON.stringify(body)).length;
}
