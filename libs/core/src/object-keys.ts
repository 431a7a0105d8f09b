import type { MediaRef } from './media.ts';
import type { JobOutput, JobRecord } from './job.ts';
import type { RenderPlan } from './plan.ts';

/** Folders of the object store. Attempts live in `<root>.../<job>/<fence>/`, so that no two share a key. */
export const OBJECT_ROOTS = {
  jobs: 'jobs/',
  /** outputs under a prefix that the client chose */
  chosen: 'outputs/',
  checkpoints: 'checkpoints/',
  inputs: 'inputs/',
} as const;

/** Folder of all attempts of a job. */
export function jobPrefix({ id, outputPrefix }: { id: string; outputPrefix?: string }): string {
  return outputPrefix ? `${OBJECT_ROOTS.chosen}${outputPrefix}${id}/` : `${OBJECT_ROOTS.jobs}${id}/`;
}

/** Folder of one attempt. */
export function attemptPrefix({ spec, fence }: Pick<JobRecord, 'spec' | 'fence'>): string {
  return `${jobPrefix(spec)}${fence}/`;
}

export function checkpointPrefix(id: string): string {
  return `${OBJECT_ROOTS.checkpoints}${id}/`;
}

/** Any UUID. Folders of datasets may have numbered folders too: only a job's own are taken for attempts. */
const JOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The job and fence that an object of an attempt, or a checkpoint, was written under; undefined for other keys. */
export function parseAttemptKey(key: string): { id: string; fence: number } | undefined {
  const parts = key.split('/');
  const [id, fence] = key.startsWith(OBJECT_ROOTS.checkpoints) ? parts.slice(-2) : parts.slice(-3, -1);
  return id && fence && JOB_ID.test(id) && /^\d+$/.test(fence) ? { id, fence: Number(fence) } : undefined;
}

/** Every file of a published output. */
export function outputKeys(output: JobOutput | undefined): string[] {
  const { video, image, thumbnail, metadata } = output ?? {};
  return [video, image, thumbnail, metadata].filter((file) => file !== undefined).map(({ key }) => key);
}

/**
 * Whether an object written under a fence is still wanted: by the attempt that is running, by whoever resumes
 * from it, or as the published output.
 */
export function isWanted(key: string, fence: number, record: JobRecord | undefined): boolean {
  if (!record) return false;
  if (record.checkpoint === key && (record.status === 'queued' || record.status === 'active')) return true;
  if (record.status === 'active') return fence === record.fence;
  return outputKeys(record.output).includes(key);
}

/** Every stored media of a plan. */
export function planMedia(plan: RenderPlan): MediaRef[] {
  const controls = plan.controls?.flatMap(({ media, mask }) => [media, mask]) ?? [];
  return [plan.image, plan.video, ...controls].filter((ref) => ref !== undefined);
}
