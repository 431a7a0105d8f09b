import { FarmError, type JobRecord } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import type { Call, Reply } from '../http/call.ts';
import type { Handler } from '../http/route.ts';

type JobHandler = (record: JobRecord, call: Call, gateway: Gateway) => Promise<Reply> | Reply;

/** Finds the job that the path names; another owner's job is not there. */
export function withJob(handler: JobHandler): Handler {
  return async (call, gateway) => handler(await needJob(call.params.id!, call, gateway), call, gateway);
}

/** @throws FarmError job_not_found */
export async function needJob(
  id: string,
  { caller }: Pick<Call, 'caller'>,
  { farm }: Gateway,
): Promise<JobRecord> {
  const sane = /^[A-Za-z0-9_-]{1,128}$/.test(id);
  const record = sane ? await farm.jobs.get(id) : undefined;
  if (record && (caller.admin || record.spec.owner === caller.owner)) return record;
  throw new FarmError('job_not_found', 'there is no such job', { param: 'id' });
}
