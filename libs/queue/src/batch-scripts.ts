import type { Connection } from './connection.ts';
import { translate } from './connection.ts';
import {
  BATCH_BEGIN_LUA,
  BATCH_CANCEL_LUA,
  BATCH_CREATE_LUA,
  BATCH_EXPIRE_LUA,
  BATCH_LEASE_LUA,
  BATCH_MOVE_LUA,
  BATCH_PATCH_LUA,
  BATCH_REMOVE_LUA,
  BATCH_RETRY_LUA,
} from './scripts/batch.lua.ts';

const SCRIPTS = {
  create: BATCH_CREATE_LUA,
  retry: BATCH_RETRY_LUA,
  begin: BATCH_BEGIN_LUA,
  move: BATCH_MOVE_LUA,
  cancel: BATCH_CANCEL_LUA,
  expire: BATCH_EXPIRE_LUA,
  patch: BATCH_PATCH_LUA,
  lease: BATCH_LEASE_LUA,
  remove: BATCH_REMOVE_LUA,
};

/** Runs a batch script on a JSON argument. */
export type RunBatchScript = (name: keyof typeof SCRIPTS, argument: object) => Promise<unknown>;

export function openBatchScripts({ redis, prefix }: Connection): RunBatchScript {
  for (const [name, lua] of Object.entries(SCRIPTS))
    redis.defineCommand(`wf_batch_${name}`, { lua, numberOfKeys: 1 });
  return (name, argument) => {
    const commands = redis as unknown as Record<string, (...args: string[]) => Promise<unknown>>;
    return translate(() => commands[`wf_batch_${name}`]!(prefix, JSON.stringify(argument)));
  };
}
