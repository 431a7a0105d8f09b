import type { OutputPlan, RequestedPlan } from '../plan.ts';
import type { Profile } from '../profile.ts';
import { canonicalJson, type Digest } from './canonical.ts';

/** Raised when the meaning of a render key changes: then nothing old is taken for something new. */
const KEY_VERSION = 2;

/** What a render depends on beside its plan: the build, file by file, and how the profile has it run. */
export function profileDigest(profile: Profile, digest: Digest): string {
  const { id, version, engine, native, negative_prompt, pipeline, scheduler, components, tokenizer } =
    profile;
  const run = { engine, native, negative_prompt, pipeline, scheduler, components, tokenizer };
  const files = profile.files
    .map(({ path, sha256 }) => [path, sha256])
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
  return digest(canonicalJson({ id, version, run, files }));
}

/**
 * Names a render by what it is made from: the plan in the farm's own words, so that a default that is written
 * out and one that is left out are the same; the build; the encoding.
 *
 * @returns 64 hex digits
 */
export function renderKey(plan: RequestedPlan, output: OutputPlan, build: string, digest: Digest): string {
  const { warnings: _, ...counting } = plan;
  return digest(canonicalJson({ v: KEY_VERSION, plan: counting, output, build }));
}

/** The name of a row that was given none: it is also the name of its file. */
export function itemId(key: string): string {
  return key.slice(0, 24);
}

/** The seed of a row that names none: the same row gets the same seed, whenever and wherever it is read. */
export function derivedSeed(input: unknown, name: string | undefined, digest: Digest): number {
  return Number.parseInt(digest(canonicalJson({ input, name })).slice(0, 8), 16);
}

/** One dataset of one owner: the same name and prefix again are the same batch. */
export function batchId(owner: string, name: string, prefix: string, digest: Digest): string {
  return `batch_${digest(canonicalJson({ owner, name, prefix })).slice(0, 20)}`;
}

/** A batch id inside a path, if there is one: `cones.batch_0123...yaml`. */
export function findBatchId(path: string): string | undefined {
  return /batch_[0-9a-f]{20}/.exec(path)?.[0];
}

/**
 * The job of a row of a batch, as a UUID version 8 (RFC 9562, section 5.8): it begins with the batch's own
 * moment, so that lists by id stay in order of time, and the rest is the row's hash, so that feeding a row twice
 * makes one job.
 */
export function batchJobId(batch: string, createdAt: number, key: string, digest: Digest): string {
  const time = createdAt.toString(16).padStart(12, '0');
  const hash = digest(`${batch}/${key}`);
  const variant = ((Number.parseInt(hash[3]!, 16) & 3) | 8).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8),
    `8${hash.slice(0, 3)}`,
    `${variant}${hash.slice(4, 7)}`,
    hash.slice(7, 19),
  ].join('-');
}
