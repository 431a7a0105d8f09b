import { setTimeout as wait } from 'node:timers/promises';
import type { TestRedis } from '@worldfarm/test-support';
import type { chance } from './chance.ts';
import type { Supervised } from './processes.ts';
import type { FaultyStorage } from './storage.ts';

export interface Targets {
  readonly workers: readonly Supervised[];
  readonly gateways: readonly Supervised[];
  readonly redis: TestRedis;
  readonly storage: FaultyStorage;
  /** a worker's lock runs out after this long */
  readonly lockMs: number;
}

type Dice = ReturnType<typeof chance>;
type Action = (targets: Targets, dice: Dice) => Promise<void>;

const REDIS_AWAY_MS = 10_000;
const STORAGE_AWAY_MS = 3_000;

/** One of those that are up. */
const victim = (parts: readonly Supervised[], dice: Dice) => dice.pick(parts.filter((part) => part.isUp()));

/** Everything that is done to the farm. */
export const ACTIONS = {
  'kill -9 a worker': ({ workers }, dice) => victim(workers, dice).kill(),
  'kill -9 a gateway': ({ gateways }, dice) => victim(gateways, dice).kill(),
  'restart Redis': ({ redis }) => redis.restart(),
  'stop Redis for 10 s': async ({ redis }) => {
    await redis.kill();
    await wait(REDIS_AWAY_MS);
    await redis.restart();
  },
  'storage answers 500': async ({ storage }) => {
    storage.fail(true);
    await wait(STORAGE_AWAY_MS);
    storage.fail(false);
  },
  'pause a worker past its lock': async ({ workers, lockMs }, dice) => {
    const worker = victim(workers, dice);
    worker.pause();
    await wait(2.5 * lockMs);
    worker.resume();
  },
} as const satisfies Record<string, Action>;

export type ActionName = keyof typeof ACTIONS;

/** What is one thing cannot be done to twice at once: the others overlap as they come. */
const ALONE: readonly ActionName[] = ['restart Redis', 'stop Redis for 10 s', 'storage answers 500'];
/** What comes after every kind was there once: a farm that is never whole would prove nothing. */
const ROUND: Readonly<Record<ActionName, number>> = {
  'kill -9 a worker': 6,
  'kill -9 a gateway': 3,
  'pause a worker past its lock': 3,
  'storage answers 500': 2,
  'restart Redis': 2,
  'stop Redis for 10 s': 1,
};

/**
 * Whether enough of the farm is up for this to be the next blow: on a slow machine processes start more slowly than
 * they could be killed, and a farm that is never up proves nothing.
 */
function isPossible(kind: ActionName, { workers, gateways }: Targets): boolean {
  const up = (parts: readonly Supervised[]) => parts.filter((part) => part.isUp()).length;
  if (kind.includes('worker')) return up(workers) > workers.length / 2;
  return kind.includes('gateway') ? up(gateways) === gateways.length : true;
}

/**
 * One action every so often until told to stop, every kind at least once.
 * @returns how often each was done, once all of them are over
 */
export async function wreck(
  targets: Targets,
  dice: Dice,
  { everyMs, isOver }: { everyMs: number; isOver: () => boolean },
): Promise<Record<ActionName, number>> {
  const kinds = Object.keys(ACTIONS) as ActionName[];
  const counts = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<ActionName, number>;
  const running = new Set<Promise<void>>();
  const alone = new Set<ActionName>();
  let bag = dice.shuffle(kinds);
  const failures: unknown[] = [];
  const firstRound = () => kinds.some((kind) => counts[kind] === 0);
  while (firstRound() || !isOver()) {
    if (bag.length === 0) bag = dice.shuffle(kinds.flatMap((kind) => Array(ROUND[kind]).fill(kind)));
    const redisBusy = [...alone].some((kind) => kind.includes('Redis'));
    const at = bag.findIndex(
      (kind) => !alone.has(kind) && !(redisBusy && kind.includes('Redis')) && isPossible(kind, targets),
    );
    if (at >= 0) {
      const [kind] = bag.splice(at, 1) as [ActionName];
      counts[kind]++;
      if (ALONE.includes(kind)) alone.add(kind);
      const action: Promise<void> = (ACTIONS[kind] as Action)(targets, dice)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          alone.delete(kind);
          running.delete(action);
        });
      running.add(action);
    }
    await wait(everyMs);
  }
  await Promise.all(running);
  if (failures.length > 0) throw new AggregateError(failures, 'the wrecking itself failed');
  return counts;
}
