import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEnvironment } from '../config.ts';
import { createLogger } from '../logger.ts';
import { tracingSettings, tracingShape } from './config.ts';
import { NO_TRACING, openTracing } from './tracing.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const enabled = (environment: Record<string, string>) =>
  tracingSettings(parseEnvironment(tracingShape, environment)).enabled;

describe('tracing', () => {
  it('is on when a variable says where spans go', () => {
    assert.equal(enabled({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }), true);
    assert.equal(enabled({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }), true);
    assert.equal(enabled({ OTEL_TRACES_EXPORTER: 'console' }), true);
  });

  it('is off without one, and where a variable turns it off', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318';
    assert.equal(enabled({}), false);
    assert.equal(enabled({ OTEL_SERVICE_NAME: 'farm', OTEL_TRACES_SAMPLER: 'always_on' }), false);
    assert.equal(enabled({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }), false);
    assert.equal(enabled({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }), false);
  });

  it('refuses what the SDK would pass over in silence', () => {
    assert.throws(() => enabled({ OTEL_TRACES_SAMPLER: 'sometimes' }), /OTEL_TRACES_SAMPLER/);
    assert.throws(() => enabled({ OTEL_TRACES_SAMPLER_ARG: '2' }), /OTEL_TRACES_SAMPLER_ARG/);
    assert.throws(() => enabled({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' }), /OTEL_EXPORTER_OTLP_ENDPOINT/);
    assert.throws(() => enabled({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }), /OTEL_EXPORTER_OTLP_PROTOCOL/);
  });

  it('that is off makes no spans and hands on the trace of a caller', async () => {
    const logger = createLogger({ name: 'test', level: 'silent', json: true });
    const tracing = await openTracing({ enabled: false }, { name: 'test', version: '0', logger });
    assert.equal(tracing, NO_TRACING);
    const span = tracing.begin('outer', { parent: { traceparent: TRACEPARENT } });
    assert.equal(span.traceparent, TRACEPARENT);
    assert.equal(tracing.begin('inner', { parent: span }).traceparent, TRACEPARENT);
    assert.equal(tracing.begin('later', { parent: TRACEPARENT }).traceparent, TRACEPARENT);
    assert.deepEqual([span.fields, span.headers()], [{}, {}]);
    assert.equal(tracing.begin('first').traceparent, undefined);
  });

  it('hands on no trace that is none', () => {
    for (const traceparent of [
      'x'.repeat(10_000),
      TRACEPARENT.toUpperCase(),
      `${TRACEPARENT}-00`,
      TRACEPARENT.replace('00-', 'ff-'),
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
    ]) {
      assert.equal(NO_TRACING.begin('x', { parent: { traceparent } }).traceparent, undefined, traceparent);
    }
  });
});
