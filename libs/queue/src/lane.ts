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
  const names = options.queues.map(queueName);
  const held = new Set<Claim>();
  const puller = openPuller(names, options, { ...deps, onRelease: (claim) => void held.delete(claim) });

  /** the queue that a wake-up call named since the lane last looked */
  let called: string | undefined;
  let wake = () => {};
  const off = bus.on('wake', (queue) => {
    if (!names.includes(queue)) return;
    called = queue;
    wake();
  });

  /** Waits for a wake-up call, the poll interval or the signal. */
  async function idle(signal: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>();
    wake = over.resolve;
    const timer = setTimeout(over.resolve, options.pollMs ?? POLL_MS);
    signal.addEventListener('abort', wake, { once: true });
    await over.promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
  }

  return {
    async next(signal) {
      await bus.ready();
      while (true) {
        signal.throwIfAborted();
        // A lane that is called takes what it was called for before it looks elsewhere. Calls that come while it
        // looks are kept, so that no job is slept over.
        const first = called ? [called] : [];
        called = undefined;
        const claim = await puller
          .pull([...new Set([...first, ...order().map(queueName)])])
          .catch(ignoreOutage);
        if (claim) {
          held.add(claim);
          return claim;
        }
        if (!called && !signal.aborted) await idle(signal);
      }
    },
    async peek(count) {
      const found = await Promise.all(names.map((name) => deps.peekQueue(name, count).catch(() => [])));
      return found.flat().slice(0, count);
    },
    async close() {
      off();
      for (const claim of held) claim.release();
      await puller.close();
    },
  };
}

/** While Redis is away a lane just waits; anything else is a defect and must be seen. */
function ignoreOutage(error: unknown): undefined {
  if ((error as { type?: string }).type === 'dependency_unavailable') return undefined;
  throw error;
}
