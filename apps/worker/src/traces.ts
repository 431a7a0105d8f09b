import type { JobRecord } from '@worldfarm/core';
import { jobAttributes, NO_TRACING, type Span, type SpanAttributes, type Tracing } from '@worldfarm/service';
import type { Outcome, Part } from './signals.ts';

/** Spans of the attempts of one worker, and of their stages, as they are told of. */
export interface JobTraces {
  /** The attempt begins: what it waited in the queue is over. */
  begin(record: JobRecord): void;
  /** A stage is over. */
  part(record: JobRecord, part: Part, seconds: number): void;
  /** The attempt is over; so is the stage that it was in. */
  end(record: JobRecord, outcome: Outcome, error?: unknown): void;
  /** `trace_id` and `span_id` of an attempt, for log lines */
  fields(record: JobRecord): Readonly<Record<string, string>>;
}

/** The stages in order, and what their spans are called. */
const STAGES = { inputs: 'inputs', render: 'render', encode: 'encode', upload: 'publish' } as const;
const ORDER = Object.values(STAGES);

interface Attempt {
  readonly span: Span;
  /** what its stages carry as well */
  readonly attributes: SpanAttributes;
  /** stages that are over */
  done: number;
  /** ms since the epoch: when the last of them was */
  doneAt: number;
}

const NO_TRACES: JobTraces = { begin: () => {}, part: () => {}, end: () => {}, fields: () => ({}) };

export function openJobTraces(tracing: Tracing, worker: string): JobTraces {
  if (tracing === NO_TRACING) return NO_TRACES;
  const attempts = new WeakMap<JobRecord, Attempt>();

  return {
    begin(record) {
      const { spec, attempt, fence, startedAt = Date.now() } = record;
      const attributes = { ...jobAttributes(spec), 'worldfarm.attempt': attempt, 'worldfarm.worker': worker };
      const since = waitingSince(record);
      let parent = spec.traceparent;
      if (since !== undefined) {
        const wait = tracing.begin('wait', { parent, at: since, attributes });
        wait.end({ at: startedAt });
        // Who submitted it traced nothing: the trace begins here.
        parent ??= wait.traceparent;
      }
      const span = tracing.begin('attempt', {
        kind: 'consumer',
        parent,
        at: startedAt,
        attributes: { ...attributes, 'worldfarm.fence': fence },
      });
      attempts.set(record, { span, attributes, done: 0, doneAt: startedAt });
    },

    part(record, part, seconds) {
      const attempt = attempts.get(record);
      if (!attempt || part === 'wait') return;
      const now = Date.now();
      const { span: parent, attributes } = attempt;
      tracing.begin(STAGES[part], { parent, attributes, at: now - seconds * 1000 }).end({ at: now });
      attempt.done = ORDER.indexOf(STAGES[part]) + 1;
      attempt.doneAt = now;
    },

    end(record, outcome, error) {
      const attempt = attempts.get(record);
      if (!attempt) return;
      attempts.delete(record);
      const { span, attributes, done, doneAt } = attempt;
      const broken = ORDER[done];
      if (broken && outcome !== 'succeeded') {
        tracing.begin(broken, { parent: span, attributes, at: doneAt }).end({ error });
      }
      span.set({ 'worldfarm.outcome': outcome });
      span.end({ error });
    },

    fields: (record) => attempts.get(record)?.span.fields ?? {},
  };
}

/** When a job went into its queue; undefined where it was taken from a lost worker, and never was there again. */
export function waitingSince({ queuedAt, failures }: JobRecord): number | undefined {
  const last = failures.at(-1);
  const takenOver = last?.type === 'lost_worker' && last.at >= (queuedAt ?? 0);
  return takenOver ? undefined : queuedAt;
}
