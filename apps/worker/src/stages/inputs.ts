import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MediaRef, RenderPlan } from '@worldfarm/core';
import type { ObjectStore } from '@worldfarm/storage';

/** The media of one job as files of this machine. */
export interface LocalInputs {
  /** the job's own folder, removed when it ends */
  readonly folder: string;
  /** Path of a media of the plan. */
  path(ref: MediaRef): string;
}

/** Fetches inputs into a folder shared by all jobs; inputs are named by content, so each is fetched once. */
export interface InputCache {
  fetch(plan: RenderPlan, folder: string, signal: AbortSignal): Promise<LocalInputs>;
  /** Fetches ahead of a claim; failures are left for the claim to meet. */
  prefetch(plan: RenderPlan, signal: AbortSignal): Promise<void>;
}

export function mediaOf(plan: RenderPlan): MediaRef[] {
  const controls = plan.controls?.flatMap(({ media, mask }) => [media, mask]) ?? [];
  return [plan.image, plan.video, ...controls].filter((ref) => ref !== undefined);
}

export async function openInputCache(store: ObjectStore, folder: string): Promise<InputCache> {
  await mkdir(folder, { recursive: true });
  const running = new Map<string, Promise<void>>();
  const pathOf = ({ sha256 }: MediaRef) => join(folder, sha256);

  async function download(ref: MediaRef, signal: AbortSignal): Promise<void> {
    const path = pathOf(ref);
    if (await exists(path)) return;
    const partial = `${path}.${process.pid}.partial`;
    try {
      const { body } = await store.get(ref.key, { signal });
      await pipeline(body, createWriteStream(partial), { signal });
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  /** Two jobs that want the same input share one download. */
  function once(ref: MediaRef, signal: AbortSignal): Promise<void> {
    const current = running.get(ref.sha256);
    if (current) return current.catch(() => download(ref, signal));
    const fresh = download(ref, signal).finally(() => running.delete(ref.sha256));
    running.set(ref.sha256, fresh);
    return fresh;
  }

  const fetchAll = async (plan: RenderPlan, signal: AbortSignal) => {
    await Promise.all(mediaOf(plan).map((ref) => once(ref, signal)));
  };

  return {
    async fetch(plan, jobFolder, signal) {
      await fetchAll(plan, signal);
      return { folder: jobFolder, path: pathOf };
    },
    prefetch: (plan, signal) => fetchAll(plan, signal).catch(() => {}),
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
