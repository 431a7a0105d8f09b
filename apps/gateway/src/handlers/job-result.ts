import { familyReply } from '../views/family-reply.ts';
import { withJob } from './with-job.ts';

/** `GET /v1/jobs/<id>/result`: the family's reply. */
export const jobResult = withJob((record, call, gateway) => familyReply(record, gateway.store, call.signal));
