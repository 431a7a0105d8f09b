import { createHash } from 'node:crypto';
import { access, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { env } from 'onnxruntime-node';
import type { SessionOptions } from './session.ts';

export interface OptimizedGraph {
  /** The optimised graph, when an earlier load has left one. */
  readonly read?: string;
  /** Where the runtime shall write it otherwise. */
  readonly write?: string;
  /** Moves a freshly written graph to where the next load looks. */
  commit(): Promise<void>;
}

/** Optimised graphs hold their weights inside; protobuf ends at 2 GB, so larger ones are not cached. */
const LARGEST = 1_500_000_000;

/** Weights beside the graph would be drawn into the optimised file. */
async function hasExternalWeights(path: string): Promise<boolean> {
  return (await readdir(dirname(path))).some((name) => name.endsWith('.data'));
}

/**
 * Where the optimised form of a graph lies. Only for the CPU provider: others rewrite graphs into forms that cannot be
 * saved. The name carries what the optimiser depends on (file, size, time, processor, runtime).
 */
export async function optimizedGraph(
  path: string,
  options: SessionOptions,
): Promise<OptimizedGraph | undefined> {
  const { cacheDir, providers = ['cpu'] } = options;
  if (cacheDir === undefined || providers.some((name) => name !== 'cpu')) return undefined;
  const { size, mtimeMs } = await stat(path);
  if (size > LARGEST || (await hasExternalWeights(path))) return undefined;
  const key = createHash('sha256')
    .update(JSON.stringify([path, size, mtimeMs, arch(), cpus()[0]?.model, env.versions.node]))
    .digest('hex')
    .slice(0, 16);
  const cached = join(cacheDir, `${basename(path, '.onnx')}-${key}.onnx`);
  const found = await access(cached).then(
    () => true,
    () => false,
  );
  if (found) return { read: cached, commit: async () => {} };
  await mkdir(cacheDir, { recursive: true });
  // Two engines may load at once: each writes its own file, and the move is atomic.
  const write = `${cached}.${process.pid}.tmp`;
  return { write, commit: () => rename(write, cached) };
}
