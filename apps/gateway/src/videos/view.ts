import type { JobRecord, JobStatus } from '@worldfarm/core';

const STATUS: Record<JobStatus, 'queued' | 'in_progress' | 'completed' | 'failed'> = {
  queued: 'queued',
  active: 'in_progress',
  succeeded: 'completed',
  failed: 'failed',
  canceled: 'failed',
  expired: 'failed',
};

const unix = (ms: number | undefined) => (ms === undefined ? null : Math.floor(ms / 1000));

/** A job as OpenAI's Videos API shows one. */
export function videoView({ spec, status, progress, endedAt, error }: JobRecord): Record<string, unknown> {
  const { width, height, frames, fps } = spec.plan;
  const failed = STATUS[status] === 'failed';
  return {
    id: spec.id,
    object: 'video',
    model: spec.profile,
    status: STATUS[status],
    progress: Math.floor(progress.value * 100),
    created_at: unix(spec.createdAt),
    completed_at: status === 'succeeded' ? unix(endedAt) : null,
    expires_at: null,
    prompt: String(spec.input.prompt ?? ''),
    size: `${width}x${height}`,
    seconds: String(Math.round((frames - 1) / fps)),
    remixed_from_video_id: null,
    error: failed
      ? { code: error?.type ?? status, message: error?.message ?? `the job was ${status}` }
      : null,
  };
}
