import type { JobOutput, JobRecord, OutputFile } from './job.ts';
import type { Profile } from './profile.ts';

export const OUTPUT_KINDS = ['video', 'image', 'thumbnail', 'metadata'] as const;
export type OutputKind = (typeof OUTPUT_KINDS)[number];

/** What a view knows beside the record. */
export interface JobViewContext {
  readonly position?: number;
  readonly etaSeconds?: number;
  readonly native?: Profile['native'];
  /** where an output can be read now */
  readonly url: (file: OutputFile, kind: OutputKind) => string;
  /** makes a path on the gateway a link; as it is by default */
  readonly link?: (path: string) => string;
}

/** A job as the world sees it (CONTRACT: jobs). Fields without a value are undefined, so that JSON omits them. */
export function jobView(record: JobRecord, context: JobViewContext) {
  const { spec, output, failures } = record;
  const { link = (path) => path } = context;
  const path = `/v1/jobs/${spec.id}`;
  return {
    id: spec.id,
    object: 'job' as const,
    status: record.status,
    family: spec.family,
    mode: spec.mode,
    profile: spec.profile,
    tier: spec.tier,
    priority: spec.priority,
    created_at: iso(spec.createdAt),
    started_at: iso(record.startedAt),
    ended_at: iso(record.endedAt),
    progress: record.progress,
    queue_position: context.position,
    eta_seconds: context.etaSeconds,
    attempt: record.attempt,
    worker: record.worker,
    input: spec.input,
    size: { width: spec.plan.width, height: spec.plan.height },
    frames: spec.plan.frames,
    fps: spec.plan.fps,
    native: context.native,
    output: output && outputView(output, context),
    seed: spec.plan.seed,
    upsampled_prompt: spec.upsampledPrompt,
    error: record.error,
    failures: failures.length > 0 ? failures : undefined,
    metrics: record.metrics,
    tags: spec.tags,
    batch: spec.batch,
    deadline_at: iso(spec.deadlineAt),
    warnings: spec.warnings,
    urls: {
      get: link(path),
      events: link(`${path}/events`),
      cancel: link(`${path}/cancel`),
      result: link(`${path}/result`),
    },
  };
}

export type JobView = ReturnType<typeof jobView>;

function outputView(output: JobOutput, { url }: JobViewContext) {
  const present = OUTPUT_KINDS.flatMap((kind) => {
    const file = output[kind];
    return file ? [[kind, { url: url(file, kind), ...file }] as const] : [];
  });
  return Object.fromEntries(present) as { [Kind in OutputKind]?: OutputFile & { url: string } };
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
