import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoadedProfile, loadProfile } from '../engine/load.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { LoadReport } from '../engine/protocol.ts';
import { readPipeline } from '../pipelines/registry.ts';
import { readCase } from './case.ts';
import { compareCase } from './compare.ts';

/** One recorded call of the reference pipeline, rendered again. */
export interface GoldenReport {
  readonly name: string;
  readonly mode: string;
  readonly seed: number;
  readonly steps: number;
  readonly size: string;
  /** Largest absolute differences. */
  readonly latents: number;
  readonly frames?: number;
  readonly tolerance: { readonly latents: number; readonly frames: number };
  readonly ok: boolean;
}

export interface VerifyReport {
  /** `id@version` */
  readonly profile: string;
  readonly pipeline: string;
  readonly files: number;
  readonly bytes: number;
  readonly load: LoadReport;
  readonly goldens: readonly GoldenReport[];
  /** Files, digests and shapes are right, and every golden is within its tolerance. */
  readonly ok: boolean;
}

async function goldenFolders(dir: string): Promise<string[]> {
  const entries = await readdir(join(dir, 'golden'), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

export async function verifyGolden(dir: string, name: string, loaded: LoadedProfile): Promise<GoldenReport> {
  const recorded = await readCase(join(dir, 'golden', name));
  const { mode, seed, steps, width, height, frames, tolerance } = recorded.file;
  const plan = readPipeline(loaded.profile).plan(recorded.request);
  const found = await compareCase(loaded.pipeline, plan, recorded);
  return {
    name,
    mode,
    seed,
    steps,
    size: `${width}x${height}x${frames}`,
    latents: found.latents,
    ...(found.frames !== undefined && { frames: found.frames }),
    tolerance,
    ok: found.latents <= tolerance.latents && (found.frames ?? 0) <= tolerance.frames,
  };
}

/**
 * Checks a profile folder: files, digests, operator sets, graph shapes, and where it has goldens that renders are what
 * the reference pipeline computed. Blocks the calling thread while graphs run.
 * @throws ProfileError naming the file and the reason when the profile cannot be served at all
 */
export async function verifyProfile(
  dir: string,
  options: EngineOptions = {},
  onGolden: (report: GoldenReport) => void = () => {},
): Promise<VerifyReport> {
  const loaded = await loadProfile(dir, options);
  const { profile, load } = loaded;
  const goldens: GoldenReport[] = [];
  for (const name of await goldenFolders(dir)) {
    const report = await verifyGolden(dir, name, loaded);
    onGolden(report);
    goldens.push(report);
  }
  return {
    profile: `${profile.id}@${profile.version}`,
    pipeline: profile.pipeline!.type,
    files: profile.files.length,
    bytes: profile.files.reduce((sum, { bytes }) => sum + bytes, 0),
    load,
    goldens,
    ok: goldens.every(({ ok }) => ok),
  };
}
