import type { Logger } from '../logger.ts';
import type { TracingSettings } from './config.ts';
import { readTraceparent } from './traceparent.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** a span of this process, a W3C `traceparent`, or the headers of a request; absent: a new trace begins */
  readonly parent?: Span | string | Readonly<Record<string, string | string[] | undefined>>;
  readonly attributes?: SpanAttributes;
  /** ms since the epoch; now when absent */
  readonly at?: number;
}

/** One piece of work in a trace. */
export interface Span {
  /** what makes others its children; without tracing, what its own parent was */
  readonly traceparent: string | undefined;
  /** `trace_id` and `span_id`, for log lines; none without tracing */
  readonly fields: Readonly<Record<string, string>>;
  /** the headers that carry the trace to another service; none without tracing */
  headers(): Record<string, string>;
  set(attributes: SpanAttributes): void;
  /** @param at ms since the epoch; now when absent */
  end(result?: { readonly error?: unknown; readonly at?: number }): void;
}

/** Makes the spans of one process. */
export interface Tracing {
  begin(name: string, options?: SpanOptions): Span;
  /** Sends what has not been sent, for a few seconds at most. */
  close(): Promise<void>;
}

/** Makes nothing, and hands on whatever trace a caller is in. */
export const NO_TRACING: Tracing = {
  begin: (_name, options) => ({
    traceparent: traceparentOf(options?.parent),
    fields: {},
    headers: () => ({}),
    set: () => {},
    end: () => {},
  }),
  close: async () => {},
};

/**
 * Tracing of one process as OpenTelemetry's own variables want it; without them nothing of it is loaded.
 *
 * @param name the service's name where `OTEL_SERVICE_NAME` gives none
 */
export async function openTracing(
  { enabled }: TracingSettings,
  service: { readonly name: string; readonly version: string; readonly logger: Logger },
): Promise<Tracing> {
  if (!enabled) return NO_TRACING;
  const { startTracing } = await import('./opentelemetry.ts');
  return startTracing(service);
}

function traceparentOf(parent: SpanOptions['parent']): string | undefined {
  if (parent === undefined) return undefined;
  const { traceparent } = typeof parent === 'string' ? { traceparent: parent } : parent;
  return readTraceparent(Array.isArray(traceparent) ? undefined : traceparent);
}
