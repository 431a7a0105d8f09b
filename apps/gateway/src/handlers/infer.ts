import { FarmError, isTerminal, type JobRecord } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import type { Call, Reply } from '../http/call.ts';
import { accept } from '../submit/accept.ts';
import { awaitJob } from '../submit/await-job.ts';
import { decideHold, type Hold } from '../submit/hold.ts';
import { readOptions } from '../submit/options.ts';
import { acceptedReply, nvcfHeaders, nvcfPending } from '../views/accepted.ts';
import { familyReply } from '../views/family-reply.ts';

/** `POST /v1/infer`: accepts a job and holds the call as its caller wishes. */
export async function infer(call: Call, gateway: Gateway): Promise<Reply> {
  const hold = decideHold(call, gateway.config.holdSeconds);
  const read = readOptions(call);
  const options = { ...read, profile: call.params.profile ?? read.profile };
  const record = await accept({ body: call.body, options }, call, gateway);
  try {
    const ended = await endOf(record, hold, call, gateway);
    return ended ? await finished(ended, hold, call, gateway) : await unfinished(record, hold, gateway);
  } catch (error) {
    if (call.signal.aborted && options.cancelOnDisconnect) await gateway.farm.jobs.cancel(record.spec.id);
    throw error;
  }
}

/** The record of a job that has ended in time. Who wants no waiting gets no result, though an old job may have one. */
async function endOf(
  record: JobRecord,
  hold: Hold,
  call: Call,
  gateway: Gateway,
): Promise<JobRecord | undefined> {
  if (hold.seconds === 0 && hold.late === 'accepted') return undefined;
  return isTerminal(record.status) ? record : awaitJob(record, hold.seconds, gateway, call.signal);
}

async function finished(record: JobRecord, hold: Hold, call: Call, gateway: Gateway): Promise<Reply> {
  const reply = await familyReply(record, gateway.store, call.signal);
  if (hold.late !== 'nvcf') return reply;
  return { ...reply, headers: { ...reply.headers, ...nvcfHeaders(record) } };
}

async function unfinished(record: JobRecord, hold: Hold, gateway: Gateway): Promise<Reply> {
  // A call that did not wait has the newest record in hand.
  const fresh = hold.seconds > 0 ? ((await gateway.farm.jobs.get(record.spec.id)) ?? record) : record;
  if (hold.late === 'nvcf') return nvcfPending(fresh, gateway);
  if (hold.late === 'accepted') return acceptedReply(fresh, gateway);
  throw new FarmError(
    'hold_timeout',
    `the job was not done in ${hold.seconds} seconds; it goes on, and GET /v1/jobs/${record.spec.id}/result has its result`,
    { jobId: record.spec.id, retryAfter: 10 },
  );
}
