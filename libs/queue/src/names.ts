import type { Tier } from '@worldfarm/core';

/** Everything lives under one hash tag, so that a Redis cluster keeps it in one slot. */
export const DEFAULT_PREFIX = '{worldfarm}';

export interface QueueId {
  readonly profile: string;
  readonly tier: Tier;
}

/** `render.<profile>.<tier>`: one queue for each model profile and tier. */
export function queueName({ profile, tier }: QueueId): string {
  return `render.${profile}.${tier}`;
}

export function parseQueueName(name: string): QueueId {
  const cut = name.lastIndexOf('.');
  return { profile: name.slice('render.'.length, cut), tier: name.slice(cut + 1) as Tier };
}

/** Redis keys outside BullMQ's own. The scripts build the same names from the prefix. */
export function keysOf(prefix: string) {
  return {
    job: (id: string) => `${prefix}:job:${id}`,
    logs: (id: string) => `${prefix}:log:${id}`,
    index: (name: string) => `${prefix}:idx:${name}`,
    queues: `${prefix}:queues`,
    worker: (id: string) => `${prefix}:worker:${id}`,
    workers: `${prefix}:workers`,
    drain: (id: string) => `${prefix}:drain:${id}`,
    deadlines: `${prefix}:deadlines`,
    ended: `${prefix}:ended`,
    inputs: `${prefix}:inputs`,
    identity: `${prefix}:identity`,
    profiles: `${prefix}:profiles`,
    outbox: `${prefix}:outbox`,
    live: `${prefix}:live`,
    wake: `${prefix}:wake`,
    control: `${prefix}:control`,
    lock: (name: string) => `${prefix}:lock:${name}`,
  };
}

export type Keys = ReturnType<typeof keysOf>;
