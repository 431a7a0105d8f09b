import { z } from 'zod';
import type { JobStatus } from './status.ts';

/** What a webhook may be told of (CONTRACT: webhooks). `webhook.test` goes out only when somebody asks for it. */
export const EVENT_TYPES = [
  'job.started',
  'job.progress',
  'job.succeeded',
  'job.failed',
  'job.canceled',
  'job.expired',
  'batch.completed',
  'batch.failed',
] as const;
export const eventTypeSchema = z.enum(EVENT_TYPES);
export type EventType = z.infer<typeof eventTypeSchema>;
export type SentType = EventType | 'webhook.test';

/** Who names no events asked to hear of the end: these. */
export const DEFAULT_EVENTS: readonly EventType[] = [
  'job.succeeded',
  'job.failed',
  'job.canceled',
  'job.expired',
  'batch.completed',
  'batch.failed',
];

/** Whether a subscription with this filter hears of an event. */
export function wantsEvent(filter: readonly string[] | undefined, type: SentType): boolean {
  return type === 'webhook.test' || (filter ?? DEFAULT_EVENTS).includes(type);
}

const EVENT_OF_STATUS: Record<JobStatus, EventType | undefined> = {
  queued: undefined,
  active: 'job.started',
  succeeded: 'job.succeeded',
  failed: 'job.failed',
  canceled: 'job.canceled',
  expired: 'job.expired',
};

/** The event that a move to `status` is. */
export function eventOfStatus(status: JobStatus): EventType | undefined {
  return EVENT_OF_STATUS[status];
}

/** An http or https URL of a bearable length; the address behind it is looked at when it is called. */
export const webhookUrlSchema = z
  .string()
  .max(2048)
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'expected an http(s) URL');
