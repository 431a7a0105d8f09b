import { isTerminal } from '@worldfarm/core';
import { json } from '../http/call.ts';
import { viewJob } from '../views/job.ts';
import { withJob } from './with-job.ts';

/** `GET /v1/jobs/<id>`. */
export const getJob = withJob(async (record, _call, gateway) =>
  json(200, await viewJob(record, gateway), isTerminal(record.status) ? undefined : { 'Retry-After': '2' }),
);
