export { type TracingSettings, tracingSettings, tracingShape } from './config.ts';
export { jobAttributes, submitInSpan } from './job-spans.ts';
export { NO_TRACING, openTracing, type Span, type SpanAttributes, type Tracing } from './tracing.ts';
