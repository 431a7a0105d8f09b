import { FarmError } from '@worldfarm/core';
import { type ChainableCommander, Redis } from 'ioredis';
import { type Keys, keysOf } from './names.ts';
import { CENSUS_LUA } from './scripts/census.lua.ts';
import { LEAD_LUA } from './scripts/lead.lua.ts';
import { MOVE_LUA } from './scripts/move.lua.ts';
import { PULL_LUA } from './scripts/pull.lua.ts';
import { RECLAIM_LUA } from './scripts/reclaim.lua.ts';
import { REMOVE_LUA } from './scripts/remove.lua.ts';
import { RENEW_LUA } from './scripts/renew.lua.ts';
import { SUBMIT_LUA } from './scripts/submit.lua.ts';
import { TOUCH_LUA } from './scripts/touch.lua.ts';
import { ENQUEUE_LUA, LEAVE_LUA } from './scripts/transport.lua.ts';
import { TURN_LUA } from './scripts/turn.lua.ts';

/**
 * What a call does while Redis is away: a gateway wants to fail at once and answer 503, a worker wants to wait
 * and then go on.
 */
export type Patience = 'fail-fast' | 'wait';

const SCRIPTS = {
  submit: SUBMIT_LUA,
  enqueue: ENQUEUE_LUA,
  pull: PULL_LUA,
  move: MOVE_LUA,
  leave: LEAVE_LUA,
  touch: TOUCH_LUA,
  remove: REMOVE_LUA,
  turn: TURN_LUA,
  renew: RENEW_LUA,
  reclaim: RECLAIM_LUA,
  census: CENSUS_LUA,
  lead: LEAD_LUA,
};
export type ScriptName = keyof typeof SCRIPTS;

/** The Redis connections of one process, the key names, and the scripts. */
export interface Connection {
  readonly redis: Redis;
  readonly prefix: string;
  readonly keys: Keys;
  readonly patience: Patience;
  /** Runs one of our scripts on a JSON argument. */
  run(name: ScriptName, argument: object): Promise<unknown>;
  /** A further connection with the same settings, closed together with this one. */
  duplicate(): Redis;
  close(): Promise<void>;
}

export function connect({
  url,
  prefix,
  patience,
}: {
  url: string;
  prefix: string;
  patience: Patience;
}): Connection {
  const waiting = patience === 'wait';
  const redis = new Redis(url, {
    maxRetriesPerRequest: waiting ? null : 1,
    enableOfflineQueue: waiting,
    connectTimeout: 5_000,
    ...(!waiting && { commandTimeout: 5_000 }),
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  });
  // Without a listener ioredis writes every failed reconnect to the console; callers see failures in their calls.
  redis.on('error', () => {});
  for (const [name, lua] of Object.entries(SCRIPTS))
    redis.defineCommand(`wf_${name}`, { lua, numberOfKeys: 1 });
  const others: Redis[] = [];
  return {
    redis,
    prefix,
    keys: keysOf(prefix),
    patience,
    run: (name, argument) => {
      const command = (redis as unknown as Record<string, (...args: string[]) => Promise<unknown>>)[
        `wf_${name}`
      ]!;
      return translate(() => command.call(redis, prefix, JSON.stringify(argument)));
    },
    duplicate: () => {
      const other = redis.duplicate({
        maxRetriesPerRequest: null,
        enableOfflineQueue: true,
        commandTimeout: undefined,
      });
      other.on('error', () => {});
      others.push(other);
      return other;
    },
    close: async () => {
      for (const each of [redis, ...others]) each.disconnect();
    },
  };
}

/**
 * The replies of a pipeline or a transaction, all of them or an error. ioredis gives an error for each command that
 * failed and throws none: read as "nothing there", that would let a sweep remove what is wanted.
 */
export function execAll(commands: ChainableCommander): Promise<unknown[]> {
  return translate(async () => {
    const replies = await commands.exec();
    if (!replies) throw new Error('the transaction was not made');
    return replies.map(([error, reply]) => {
      if (error) throw error;
      return reply;
    });
  });
}

/** Turns whatever Redis or BullMQ throws into `dependency_unavailable`; our own errors pass. */
export async function translate<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof FarmError) throw error;
    throw new FarmError('dependency_unavailable', 'the queue is out of reach', {
      cause: error,
      retryAfter: 5,
    });
  }
}
