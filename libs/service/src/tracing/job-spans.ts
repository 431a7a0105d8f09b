import type { JobSpec } from '@worldfarm/core';
import type { Span, SpanAttributes, SpanOptions, Tracing } from './tracing.ts';

/** What tells spans of one job from those of others. */
export function jobAttributes({
  id,
  profile,
  tier,
}: Pick<JobSpec, 'id' | 'profile' | 'tier'>): SpanAttributes {
  return { 'worldfarm.job.id': id, 'worldfarm.profile': profile, 'worldfarm.tier': tier };
}

/** Submits a job in a span of its own, which the job carries to its worker and its couriers. */
export async function submitInSpan<T>(
  tracing: Tracing,
  spec: JobSpec,
  parent: SpanOptions['parent'],
  submit: (spec: JobSpec) => Promise<T>,
): Promise<T> {
  const span: Span = tracing.begin('submit', { kind: 'producer', parent, attributes: jobAttributes(spec) });
  const { traceparent } = span;
  try {
    const result = await submit(traceparent === undefined ? spec : { ...spec, traceparent });
    span.end();
    return result;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}
