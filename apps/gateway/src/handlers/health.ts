import { FarmError } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';

const health = (kind: 'live' | 'ready') =>
  json(200, {
    object: 'health.response',
    message: `Service is ${kind}`,
    description: `Worldfarm ${kind === 'live' ? 'liveness' : 'readiness'} check`,
    status: kind,
  });

/** `GET /v1/health/live`: 503 while Redis or storage is out of reach. */
export async function healthLive(_call: Call, { farm, store }: Gateway): Promise<Reply> {
  await Promise.all([farm.ping(), store.check()]);
  return health('live');
}

/** `GET /v1/health/ready`: also 503 when nothing could render a job, now or later. */
export async function healthReady(call: Call, { farm, store, catalogue, config }: Gateway): Promise<Reply> {
  await Promise.all([farm.ping(), store.check()]);
  if (call.params.profile) await catalogue.need(call.params.profile);
  const profiles = await catalogue.list();
  const someone = config.expectWorkers ? profiles.length > 0 : (await farm.workers.list()).length > 0;
  if (someone) return health('ready');
  throw new FarmError('no_capacity', 'no worker serves a profile and none is expected', { retryAfter: 10 });
}
