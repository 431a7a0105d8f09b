import type { JobRecord, JobStatus } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import type { Reply } from '../http/call.ts';
import { viewJob } from './job.ts';

const POLL_SECONDS = '2';

/** 202: the job, and where to ask for it. */
export async function acceptedReply(record: JobRecord, gateway: Gateway): Promise<Reply> {
  return {
    status: 202,
    headers: {
      Location: `/v1/jobs/${record.spec.id}`,
      'Retry-After': POLL_SECONDS,
      'Worldfarm-Job-Id': record.spec.id,
    },
    body: await viewJob(record, gateway),
  };
}

/** How NVIDIA's hosted functions name a job's status: one word for all that is not done. */
const NVCF_STATUS: Record<JobStatus, string> = {
  queued: 'in-progress',
  active: 'in-progress',
  succeeded: 'fulfilled',
  failed: 'errored',
  canceled: 'rejected',
  expired: 'rejected',
};

export function nvcfHeaders({ spec, status, progress }: JobRecord): Record<string, string> {
  return {
    'NVCF-REQID': spec.id,

    'NVCF-STATUS': NVCF_STATUS[status],
    'NVCF-PERCENT-COMPLETE': String(Math.floor(progress.value * 100)),
    'Worldfarm-Job-Id': spec.id,
  };
}

/** 202 in the hosted form: the status endpoint has the result later. */
export async function nvcfPending(record: JobRecord, gateway: Gateway): Promise<Reply> {
  const { body } = await acceptedReply(record, gateway);
  return {
    status: 202,
    headers: {
      ...nvcfHeaders(record),
      Location: `/v2/nvcf/pexec/status/${record.spec.id}`,
      'Retry-After': POLL_SECONDS,
    },
    body,
  };
}
