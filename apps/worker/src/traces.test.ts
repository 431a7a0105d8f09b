import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobRecord } from '@worldfarm/core';
import type { SpanAttributes, Tracing } from '@worldfarm/service';
import { aJob } from '@worldfarm/test-support';
import { openJobTraces } from './traces.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const T = 1_700_000_000_000;

interface Told {
  readonly name: string;
  readonly parent: string | undefined;
  readonly attributes: Record<string, unknown>;
  readonly at: number | undefined;
  ended?: { error?: unknown; at?: number };
}

/** Spans whose `traceparent` is their name. */
function recorder() {
  const told: Told[] = [];
  const tracing: Tracing = {
    begin(name, { parent, attributes, at } = {}) {
      const above = typeof parent === 'string' ? parent : (parent?.traceparent as string | undefined);
      const span: Told = { name, parent: above, attributes: { ...attributes }, at };
      told.push(span);
      return {
        traceparent: name,
        fields: { trace_id: name },
        headers: () => ({}),
        set: (more: SpanAttributes) => void Object.assign(span.attributes, more),
        end(result = {}) {
          span.ended = result;
        },
      };
    },
    close: async () => {},
  };
  return { told, tracing, names: () => told.map(({ name }) => name) };
}

function aRecord(over: Partial<JobRecord> = {}, traceparent: string | undefined = TRACEPARENT): JobRecord {
  return {
    spec: aJob({ traceparent }),
    status: 'active',
    attempt: 2,
    fence: 3,
    queuedAt: T,
    startedAt: T + 500,
    progress: { value: 0, stage: 'inputs' },
    failures: [],
    metrics: {},
    cancelRequested: false,
    ...over,
  };
}

describe('spans of an attempt', () => {
  it('begin with the wait since the job was queued, the last time that it was', () => {
    const { told, tracing } = recorder();
    const record = aRecord();
    const traces = openJobTraces(tracing, 'w1');
    traces.begin(record);
    const [wait, attempt] = told;
    assert.deepEqual([wait?.name, wait?.at, wait?.ended?.at], ['wait', T, T + 500]);
    assert.deepEqual([attempt?.name, attempt?.at, attempt?.ended], ['attempt', T + 500, undefined]);
    for (const span of told) {
      assert.equal(span.parent, TRACEPARENT);
      assert.equal(span.attributes['worldfarm.attempt'], 2);
      assert.equal(span.attributes['worldfarm.worker'], 'w1');
    }
    assert.deepEqual(traces.fields(record), { trace_id: 'attempt' });
  });

  it('tell of no wait when the job was taken over from a lost worker', () => {
    const { names, tracing } = recorder();
    const lost = { type: 'lost_worker', message: 'silent', attempt: 1, worker: 'w0', at: T + 500 } as const;
    openJobTraces(tracing, 'w1').begin(aRecord({ failures: [lost] }));
    assert.deepEqual(names(), ['attempt']);
  });

  it('are a trace of their own where nobody began one', () => {
    const { told, tracing } = recorder();
    const record = aRecord();
    const { traceparent: _, ...spec } = record.spec;
    openJobTraces(tracing, 'w1').begin({ ...record, spec });
    assert.deepEqual(
      told.map(({ parent }) => parent),
      [undefined, 'wait'],
    );
  });

  it('show the stage that failed, and why', () => {
    const { told, names, tracing } = recorder();
    const record = aRecord();
    const traces = openJobTraces(tracing, 'w1');
    const error = new Error('no memory');
    traces.begin(record);
    traces.part(record, 'inputs', 0.2);
    traces.end(record, 'retried', error);
    assert.deepEqual(names(), ['wait', 'attempt', 'inputs', 'render']);
    assert.equal(told[3]?.ended?.error, error);
    assert.equal(told[1]?.ended?.error, error);
    assert.equal(told[1]?.attributes['worldfarm.outcome'], 'retried');
  });

  it('have a stage for each part of a whole attempt, and no other', () => {
    const { told, names, tracing } = recorder();
    const record = aRecord();
    const traces = openJobTraces(tracing, 'w1');
    traces.begin(record);
    for (const part of ['inputs', 'render', 'encode', 'upload'] as const) traces.part(record, part, 1);
    traces.end(record, 'succeeded');
    assert.deepEqual(names().slice(2), ['inputs', 'render', 'encode', 'publish']);
    for (const stage of told.slice(2)) {
      assert.equal(stage.parent, 'attempt');
      assert.equal(stage.ended!.at! - stage.at!, 1000);
    }
  });
});
