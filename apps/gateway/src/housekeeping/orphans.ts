import { isWanted, type JobRecord, OBJECT_ROOTS, parseAttemptKey } from '@worldfarm/core';
import type { Archive, JobStore } from '@worldfarm/queue';
import { type ListedObject, listAll, type ObjectStore } from '@worldfarm/storage';

/** What a sweep removed. */
export interface Swept {
  /** outputs and checkpoints that no attempt and no result refers to */
  readonly outputs: number;
  /** uploads of clients that no job refers to */
  readonly inputs: number;
}

export interface SweepOptions {
  /** outputs and checkpoints younger than this are left alone, in ms */
  readonly outputGraceMs: number;
  /** uploads younger than this may belong to a request that is being read, in ms */
  readonly inputGraceMs: number;
  readonly signal?: AbortSignal;
}

type Store = Pick<ObjectStore, 'list' | 'head' | 'delete'>;

const PAGE = 200;

/**
 * Removes objects that crashes leave behind: outputs of attempts that were killed or fenced, checkpoints of jobs that
 * ended, inputs of jobs that are gone. What is wanted is decided by the record alone, so a sweep can be
 * repeated, broken off, and run beside workers.
 */
export async function sweepOrphans(
  store: Store,
  jobs: Pick<JobStore, 'getMany'>,
  archive: Pick<Archive, 'unusedInputs'>,
  { outputGraceMs, inputGraceMs, signal }: SweepOptions,
): Promise<Swept> {
  const { jobs: root, chosen, checkpoints, inputs } = OBJECT_ROOTS;
  let outputs = 0;
  for (const prefix of [root, chosen, checkpoints]) {
    for await (const page of pages(store, prefix, outputGraceMs, signal)) {
      outputs += await removeAll(store, await orphansOf(page, jobs));
    }
  }
  let uploads = 0;
  for await (const page of pages(store, inputs, inputGraceMs, signal)) {
    const unused = await archive.unusedInputs(page.map(({ key }) => key));
    uploads += await removeAll(store, await stillOld(store, unused, inputGraceMs));
  }
  return { outputs, inputs: uploads };
}

async function orphansOf(
  page: readonly ListedObject[],
  jobs: Pick<JobStore, 'getMany'>,
): Promise<readonly string[]> {
  const named = page.flatMap(({ key }) => {
    const attempt = parseAttemptKey(key);
    return attempt ? [{ key, ...attempt }] : [];
  });
  const found = await jobs.getMany([...new Set(named.map(({ id }) => id))]);
  const records = new Map(found.map((record): [string, JobRecord] => [record.spec.id, record]));
  return named.filter(({ key, id, fence }) => !isWanted(key, fence, records.get(id))).map(({ key }) => key);
}

/** The same bytes may have been uploaded again since they were listed. */
async function stillOld(store: Store, keys: readonly string[], graceMs: number): Promise<readonly string[]> {
  const infos = await Promise.all(keys.map((key) => store.head(key)));
  return keys.filter((_, index) => isOlder(infos[index]?.modifiedAt, graceMs));
}

async function removeAll(store: Store, keys: readonly string[]): Promise<number> {
  await Promise.all(keys.map((key) => store.delete(key)));
  return keys.length;
}

/** Objects under a prefix that are older than a grace period, in pages. */
async function* pages(
  store: Store,
  prefix: string,
  graceMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ListedObject[]> {
  let page: ListedObject[] = [];
  for await (const object of listAll(store, prefix, signal)) {
    if (!isOlder(object.modifiedAt, graceMs)) continue;
    page.push(object);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function isOlder(modifiedAt: Date | undefined, graceMs: number): boolean {
  return modifiedAt !== undefined && modifiedAt.getTime() <= Date.now() - graceMs;
}
