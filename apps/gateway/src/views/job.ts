import type { JobOutput, JobRecord, OutputFile, Profile } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';

/** What a view knows beside the record. */
export interface JobContext {
  readonly position?: number;
  readonly etaSeconds?: number;
  readonly native?: Profile['native'];
  /** a URL for an output: presigned, or on this gateway */
  readonly url: (file: OutputFile, kind: OutputKind) => string;
}

export type OutputKind = 'video' | 'image' | 'thumbnail' | 'metadata';

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** A job as callers see it (CONTRACT: jobs). Fields without a value are left out. */
export function jobView(record: JobRecord, context: JobContext): Record<string, unknown> {
  const { spec } = record;
  return {
    id: spec.id,
    object: 'job',
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
    output: record.output && outputView(record.output, context),
    seed: spec.plan.seed,
    upsampled_prompt: spec.upsampledPrompt,
    error: record.error,
    failures: record.failures.length > 0 ? record.failures : undefined,
    metrics: record.metrics,
    tags: spec.tags,
    batch: spec.batch,
    deadline_at: iso(spec.deadlineAt),
    warnings: spec.warnings,
    urls: {
      get: `/v1/jobs/${spec.id}`,
      events: `/v1/jobs/${spec.id}/events`,
      cancel: `/v1/jobs/${spec.id}/cancel`,
      result: `/v1/jobs/${spec.id}/result`,
    },
  };
}

function outputView(output: JobOutput, { url }: JobContext) {
  const kinds: OutputKind[] = ['video', 'image', 'thumbnail', 'metadata'];
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const file = output[kind];
      return file ? [[kind, { url: url(file, kind), ...file }]] : [];
    }),
  );
}

/** Makes the view of a record with what has to be asked for: its place in the queue, URLs, the native size. */
export async function viewJob(record: JobRecord, gateway: Gateway): Promise<Record<string, unknown>> {
  const { farm, catalogue } = gateway;
  const queued = record.status === 'queued';
  const [position, profile, urls] = await Promise.all([
    queued ? farm.jobs.position(record.spec.id) : undefined,
    catalogue.need(record.spec.profile).catch(() => undefined),
    presign(record, gateway),
  ]);
  return jobView(record, {
    position,
    native: profile?.native,
    url: (file, kind) => urls.get(file.key) ?? `/v1/jobs/${record.spec.id}/${kind}`,
  });
}

/** Presigned URLs are made when they are read: they outlive nothing. */
async function presign({ output }: JobRecord, { store, config }: Gateway): Promise<Map<string, string>> {
  const files = [output?.video, output?.image, output?.thumbnail, output?.metadata].filter((file) => file);
  const pairs = await Promise.all(
    files.map(async (file) => {
      const url = await store.presignGet(file!.key, { expiresIn: config.presignSeconds });
      return url ? ([file!.key, url.href] as const) : undefined;
    }),
  );
  return new Map(pairs.filter((pair) => pair !== undefined));
}
