import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type JobSpec, type MediaRef, planMedia, type RenderPlan } from '@worldfarm/core';
import type { ObjectStore } from '@worldfarm/storage';

/** The media of one job as files of this machine, and what its client sent. */
export interface LocalInputs {
  /** the client's body, its media fields replaced by keys */
  readonly body: Readonly<Record<string, unknown>>;
  /** the job's own folder, removed when it ends */
  readonly folder: string;
  /** Path of a media of the plan. */
  path(ref: MediaRef): string;
}

/** Fetches inputs into a folder shared by all jobs; inputs are named by content, so each is fetched once. */
export interface InputCache {
  fetch(spec: Pick<JobSpec, 'plan' | 'input'>, folder: string, signal: AbortSignal): Promise<LocalInputs>;
  /** Fetches ahead of a claim; failures are left for the claim to meet. */
  prefetch(plan: RenderPlan, signal: AbortSignal): Promise<void>;
  /** Lets go of a fetched job's inputs: beyond the cache's size the longest unused go first. */
  release(plan: RenderPlan): Promise<void>;
}

interface Held {
  readonly bytes: number;
  users: number;
}

export async function openInputCache(
  store: ObjectStore,
  folder: string,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<InputCache> {
  await mkdir(folder, { recursive: true });
  const running = new Map<string, Promise<void>>();
  /** in order of last use */
  const held = new Map<string, Held>();
  const pathOf = ({ sha256 }: MediaRef) => join(folder, sha256);

  async function download(ref: MediaRef, signal: AbortSignal): Promise<void> {
    const path = pathOf(ref);
    if (await isWhole(path, ref.bytes)) return;
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

  /** Two jobs that want the same input share one download; one that is broken off is begun again for the other. */
  async function once(ref: MediaRef, signal: AbortSignal): Promise<void> {
    const current = running.get(ref.sha256);
    if (current) {
      const done = await current.then(
        () => true,
        () => false,
      );
      return done ? undefined : once(ref, signal);
    }
    const fresh = download(ref, signal).finally(() => running.delete(ref.sha256));
    running.set(ref.sha256, fresh);
    return fresh;
  }

  function use(ref: MediaRef, users: 1 | 0 | -1): void {
    const before = held.get(ref.sha256);
    held.delete(ref.sha256);
    held.set(ref.sha256, { bytes: ref.bytes, users: Math.max(0, (before?.users ?? 0) + users) });
  }

  async function trim(): Promise<void> {
    let total = [...held.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [sha256, { bytes, users }] of held) {
      if (total <= maxBytes) return;
      if (users > 0 || running.has(sha256)) continue;
      held.delete(sha256);
      total -= bytes;
      await rm(join(folder, sha256), { force: true });
    }
  }

  return {
    async fetch({ plan, input }, jobFolder, signal) {
      for (const ref of planMedia(plan)) use(ref, 1);
      await Promise.all(planMedia(plan).map((ref) => once(ref, signal)));
      return { folder: jobFolder, path: pathOf, body: input };
    },
    async prefetch(plan, signal) {
      for (const ref of planMedia(plan)) use(ref, 0);
      await Promise.all(planMedia(plan).map((ref) => once(ref, signal))).catch(() => {});
    },
    async release(plan) {
      for (const ref of planMedia(plan)) use(ref, -1);
      await trim();
    },
  };
}

async function isWhole(path: string, bytes: number): Promise<boolean> {
  return stat(path).then(
    ({ size }) => size === bytes,
    () => false,
  );
}
