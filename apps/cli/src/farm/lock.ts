import { writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../explain.ts';

export interface Holder {
  readonly pid: number;
  readonly url: string;
  /** its Redis, for commands that speak to it */
  readonly redis?: string;
  /** processes that must not outlive the holder */
  readonly children: readonly number[];
}

export interface DataLock {
  /** Notes the processes that a later start must end if this one is killed. */
  note(children: readonly number[], redis?: string): void;
  release(): Promise<void>;
}

const HOLDER_FILE = 'up.json';

/**
 * One farm at a time on a data folder: two Redis servers on one log would destroy it. A holder that was killed
 * leaves its children running; they are ended here, before anything else starts.
 */
export async function lockData(data: string, url: string): Promise<DataLock> {
  const path = join(data, HOLDER_FILE);
  const before = await readHolder(data);
  if (before && isAlive(before.pid)) {
    throw new UsageError(`a farm already runs on ${data}, at ${before.url}`);
  }
  for (const pid of before?.children ?? []) await endOrphan(pid);
  // Whole and in order: parts that are started again at the same moment must not write across one another.
  const write = (children: readonly number[], redis?: string) =>
    writeFileSync(path, JSON.stringify({ pid: process.pid, url, redis, children } satisfies Holder));
  write([]);
  return { note: write, release: () => rm(path, { force: true }) };
}

/** What the farm on a data folder noted of itself; undefined when none runs or was killed there. */
export async function readHolder(data: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(join(data, HOLDER_FILE), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The children lead process groups of their own, so a reused pid that leads none is left alone. */
async function endOrphan(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-pid, signal);
    } catch {
      return;
    }
    for (let i = 0; i < 50 && isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
