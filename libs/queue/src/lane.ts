import type { Claim } from './api.ts';
import { queueName } from './names.ts';
import { openPuller, type PullerDeps, type PullerOptions } from './puller.ts';
import { rotation, type WeightedQueue } from './rotation.ts';

export interface LaneOptions extends PullerOptions {
  readonly queues: readonly WeightedQueue[];
  /** without a wake-up call the queues are looked at this often (default one second) */
  readonly pollMs?: number;
}

/** The pulling side of one lane. */
export interface Lane {
  /** Waits for the next job and claims it. @throws the signal's reason when aborted */
  next(signal: AbortSignal): Promise<Claim>;
  /** Ids of the jobs likely to come next, claimed by nobody: their inputs may be fetched ahead. */
  peek(count: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface LaneDeps extends Omit<PullerDeps, 'onRelease'> {
  readonly peekQueue: (queue: string, count: number) => Promise<string[]>;
}

const POLL_MS = 1_000;

export function openLane(options: LaneOptions, deps: LaneDeps): Lane {
  const { bus } = deps;
  const order = rotation(options.queues);
  const held = new Set<Claim>();
  const onRelease = (claim: Claim) => void held.delete(claim);
  const pullers = new Map(
    options.queues.map((queue) => {
      const name = queueName(queue);
      return [name, openPuller(name, options, { ...deps, onRelease })];
    }),
  );

  /** Waits for a wake-up call of one of our queues and says which, or for the poll interval. */
  function idle(signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const end = (queue?: string) => {
        clearTimeout(timer);
        off();
        signal.removeEventListener('abort', onAbort);
        resolve(queue);
      };
      const onAbort = () => end();
      const timer = setTimeout(end, options.pollMs ?? POLL_MS);
      const off = bus.on('wake', (queue) => pullers.has(queue) && end(queue));
      signal.addEventListener('abort', onAbort);
    });
  }

  return {
    async next(signal) {
      await bus.ready();
      let called: string | undefined;
      while (true) {
        signal.throwIfAborted();
        // Listening starts before looking, so that a job that comes in between is not slept over.
        const waitOver = new AbortController();
        const woken = idle(AbortSignal.any([signal, waitOver.signal]));
        try {
          // An idle lane that is called takes what it was called for before it looks elsewhere.
          const names = new Set([...(called ? [called] : []), ...order().map(queueName)]);
          for (const name of names) {
            const claim = await pullers.get(name)!.pull().catch(ignoreOutage);
            if (!claim) continue;
            held.add(claim);
            return claim;
          }
          called = await woken;
        } finally {
          waitOver.abort();
        }
      }
    },
    async peek(count) {
      const names = [...pullers.keys()];
      const found = await Promise.all(names.map((name) => deps.peekQueue(name, count).catch(() => [])));
      return found.flat().slice(0, count);
    },
    async close() {
      for (const claim of held) claim.release();
      await Promise.all([...pullers.values()].map((puller) => puller.close()));
    },
  };
}

/** While Redis is away a lane just waits; anything else is a defect and must be seen. */
function ignoreOutage(error: unknown): undefined {
  if ((error as { type?: string }).type === 'dependency_unavailable') return undefined;
  throw error;
}
