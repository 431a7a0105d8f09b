import { createHash } from 'node:crypto';
import type { JobRecord } from '@worldfarm/core';

interface StreamOptions {
  /** the id of the newest snapshot that the client has */
  readonly seen?: string;
  /** a comment goes out after this long without an event, so that proxies keep the connection */
  readonly commentMs: number;
  readonly view: (record: JobRecord) => Promise<unknown>;
}

/** Names what a snapshot shows, so that a client which comes back is not told what it knows. */
export function snapshotId({ status, fence, attempt, progress, spec }: JobRecord): string {
  const shown = JSON.stringify([status, fence, attempt, progress, spec.priority]);
  return createHash('sha256').update(shown).digest('base64url').slice(0, 16);
}

/** Server-sent events of one job, as text. */
export async function* eventStream(
  records: AsyncIterable<JobRecord>,
  { seen, commentMs, view }: StreamOptions,
): AsyncGenerator<string> {
  const iterator = records[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    yield 'retry: 2000\n\n';
    while (true) {
      const result = await orComment(next, commentMs);
      if (result === 'comment') {
        yield ': still here\n\n';
        continue;
      }
      if (result.done) return;
      const id = snapshotId(result.value);
      if (id !== seen) yield `id: ${id}\ndata: ${JSON.stringify(await view(result.value))}\n\n`;
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}

async function orComment<T>(next: Promise<T>, ms: number): Promise<T | 'comment'> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<'comment'>((resolve) => {
    timer = setTimeout(resolve, ms, 'comment');
  });
  try {
    return await Promise.race([next, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
