import { isTerminal, type JobRecord } from '@worldfarm/core';
import type { JobEvents, JobStore, LiveEvent } from './api.ts';
import type { LiveBus } from './live.ts';
import { jobNotFound } from './record.ts';

/** A watched record is read again this often even when no event came, since pub/sub may lose some. */
const REREAD_MS = 5_000;

export function openEvents(bus: LiveBus, jobs: Pick<JobStore, 'get'>): JobEvents {
  const listeners = new Map<string, Set<(event: LiveEvent) => void>>();
  let attached = false;

  const attach = () => {
    bus.on('live', (message) => {
      const event = JSON.parse(message) as LiveEvent;
      for (const listener of listeners.get(event.job) ?? []) listener(event);
    });
    bus.onReconnect(() => {
      for (const [job, set] of listeners) for (const listener of set) listener({ job, kind: 'status' });
    });
  };

  function subscribe(id: string, listener: (event: LiveEvent) => void): () => void {
    if (!attached) attach();
    attached = true;
    const set = listeners.get(id) ?? new Set();
    listeners.set(id, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) listeners.delete(id);
    };
  }

  async function* watch(id: string, signal: AbortSignal): AsyncGenerator<JobRecord> {
    let changed = false;
    let wake: (() => void) | undefined;
    const notify = () => {
      changed = true;
      wake?.();
    };
    const unsubscribe = subscribe(id, notify);
    signal.addEventListener('abort', notify);
    const timer = setInterval(notify, REREAD_MS);
    try {
      await bus.ready();
      let last = '';
      while (true) {
        signal.throwIfAborted();
        changed = false;
        const record = await jobs.get(id);
        if (!record) throw jobNotFound(id);
        const print = fingerprint(record);
        if (print !== last) yield record;
        last = print;
        if (isTerminal(record.status)) return;
        if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', notify);
      unsubscribe();
    }
  }

  return {
    subscribe,
    watch,
    async finished(id, signal) {
      for await (const record of watch(id, signal)) if (isTerminal(record.status)) return record;
      throw jobNotFound(id);
    },
  };
}

/** What a watcher can see change. */
function fingerprint({ status, fence, progress, spec }: JobRecord): string {
  return JSON.stringify([status, fence, progress, spec.priority]);
}
