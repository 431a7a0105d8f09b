import type { QueueDepth } from '@worldfarm/queue';
import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';

/** `GET /v1/queues`: every queue with its counts. */
export async function listQueues(_call: Call, { farm }: Gateway): Promise<Reply> {
  return json(200, { object: 'list', data: await farm.depths() });
}

/** `GET /v1/queues/<profile>`, also `?tier=`: numbers for autoscalers. A queue that never held a job is empty. */
export async function getQueue(call: Call, { farm }: Gateway): Promise<Reply> {
  const { profile } = call.params;
  const depths = (await farm.depths()).filter(
    (depth) => depth.profile === profile && (!call.query.tier || depth.tier === call.query.tier),
  );
  const sum = (count: (depth: QueueDepth) => number) =>
    depths.reduce((total, depth) => total + count(depth), 0);
  return json(200, {
    object: 'queue',
    profile,
    backlog: sum(({ backlog }) => backlog),
    waiting: sum(({ waiting, prioritized }) => waiting + prioritized),
    delayed: sum(({ delayed }) => delayed),
    active: sum(({ active }) => active),
    tiers: Object.fromEntries(depths.map(({ tier, backlog }) => [tier, backlog])),
  });
}
