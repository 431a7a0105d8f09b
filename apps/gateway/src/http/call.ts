import type { Readable } from 'node:stream';
import type { Span } from '@worldfarm/service';
import type { Uploads } from '../body/upload.ts';

/** Who calls, and what they may do. */
export interface Caller {
  /** the key that jobs belong to; `anonymous` where keys are off */
  readonly owner: string;
  /** sees and changes everybody's jobs, workers and queues */
  readonly admin: boolean;
  readonly limits: CallerLimits;
}

export interface CallerLimits {
  readonly queued?: number;
  readonly active?: number;
  /** the best priority that this caller may ask for */
  readonly priority?: 'high' | 'normal' | 'low';
}

/** One HTTP request as a handler sees it: plain data, and a signal that aborts when the client has gone. */
export interface Call {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  /** media that came in the body and were set aside */
  readonly uploads: Uploads;
  readonly caller: Caller;
  /** of this request; parent of whatever it starts */
  readonly span: Span;
  readonly signal: AbortSignal;
}

/** What a handler answers. A stream is sent as it comes; everything else but text is sent as JSON. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown | Readable;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (status: number, body: unknown, headers?: Record<string, string>): Reply => ({
  status,
  body,
  ...(headers && { headers }),
});
