import { api, core, NodeSDK, resources } from '@opentelemetry/sdk-node';
import type { Logger } from '../logger.ts';
import type { Span, SpanAttributes, SpanOptions, Tracing } from './tracing.ts';

const { context, isSpanContextValid, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = api;

/** A collector that is away must not keep a process from ending. */
const CLOSE_MS = 5_000;

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Starts OpenTelemetry's SDK, for traces alone: metrics are Prometheus', logs are pino's. */
export function startTracing(service: { name: string; version: string; logger: Logger }): Tracing {
  const { name, version, logger } = service;
  core.setGlobalErrorHandler((error) => logger.warn({ err: error }, 'spans could not be sent'));
  const sdk = new NodeSDK({
    // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say is found later, and wins.
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': name, 'service.version': version })),
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  const tracer = trace.getTracer('worldfarm', version);
  const spans = new WeakMap<Span, api.Span>();

  function contextOf(parent: SpanOptions['parent']): api.Context {
    if (parent === undefined) return ROOT_CONTEXT;
    if (typeof parent === 'string') {
      const remote = core.parseTraceParent(parent);
      return remote ? trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true }) : ROOT_CONTEXT;
    }
    const own = spans.get(parent as Span);
    return own ? trace.setSpan(ROOT_CONTEXT, own) : propagation.extract(ROOT_CONTEXT, parent);
  }

  return {
    begin(spanName, { kind = 'internal', parent, attributes, at } = {}) {
      const inner = tracer.startSpan(
        spanName,
        { kind: KINDS[kind], startTime: at, ...(attributes && { attributes: { ...attributes } }) },
        contextOf(parent),
      );
      const span = wrap(inner);
      spans.set(span, inner);
      return span;
    },
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS);
      });
      await Promise.race([sdk.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}

function wrap(inner: api.Span): Span {
  const { traceId, spanId, traceFlags } = inner.spanContext();
  const valid = isSpanContextValid(inner.spanContext());
  return {
    traceparent: valid ? `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}` : undefined,
    fields: valid ? { trace_id: traceId, span_id: spanId } : {},
    headers() {
      const headers: Record<string, string> = {};
      propagation.inject(trace.setSpan(context.active(), inner), headers);
      return headers;
    },
    set: (attributes: SpanAttributes) => void inner.setAttributes({ ...attributes }),
    end({ error, at } = {}) {
      if (error !== undefined) {
        const message = error instanceof Error ? error.message : String(error);
        inner.setStatus({ code: SpanStatusCode.ERROR, message });
        if (error instanceof Error) inner.recordException(error);
      }
      inner.end(at);
    },
  };
}
