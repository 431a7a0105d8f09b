import { isTerminal } from '@worldfarm/core';
import { awaitJob } from '../submit/await-job.ts';
import { decideHold } from '../submit/hold.ts';
import { nvcfHeaders, nvcfPending } from '../views/accepted.ts';
import { familyReply } from '../views/family-reply.ts';
import { withJob } from './with-job.ts';

/** `GET /v2/nvcf/pexec/status/<id>`: the family's reply when the job is done, else 202. */
export const nvcfStatus = withJob(async (record, call, gateway) => {
  const hold = decideHold(call, gateway.config.holdSeconds);
  const seconds = hold.late === 'nvcf' ? hold.seconds : 0;
  const ended = isTerminal(record.status) ? record : await awaitJob(record, seconds, gateway, call.signal);
  if (!ended) return nvcfPending((await gateway.farm.jobs.get(record.spec.id)) ?? record, gateway);
  const reply = await familyReply(ended, gateway.store, call.signal);
  return { ...reply, headers: { ...reply.headers, ...nvcfHeaders(ended) } };
});
