import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERROR_TABLE, type ErrorType, FarmError } from '@worldfarm/core';
import { errorEnvelopeSchema } from '../openapi/schemas.ts';
import { errorReply } from './error-reply.ts';

/** The statuses that the contract names, and what they stand for. */
const STATUSES: Record<ErrorType, number> = {
  invalid_json: 400,
  invalid_request: 400,
  unsupported_mode: 400,
  unauthorized: 401,
  forbidden: 403,
  route_not_found: 404,
  profile_not_found: 404,
  job_not_found: 404,
  not_found: 404,
  method_not_allowed: 405,
  idempotency_conflict: 409,
  invalid_transition: 409,
  job_not_finished: 409,
  job_canceled: 409,
  job_expired: 409,
  gone: 410,
  body_too_large: 413,
  unreadable_media: 415,
  unsupported_content_type: 415,
  range_not_satisfiable: 416,
  unprocessable_request: 422,
  guardrail_blocked: 422,
  quota_exceeded: 429,
  queue_full: 429,
  render_failed: 500,
  internal: 500,
  no_capacity: 503,
  dependency_unavailable: 503,
  hold_timeout: 504,
};

describe('the error reply', () => {
  for (const type of Object.keys(ERROR_TABLE) as ErrorType[]) {
    it(`of ${type} is ${STATUSES[type]} in the one envelope`, () => {
      const options = {
        param: 'a.b',
        jobId: 'job',
        retryAfter: 1.2,
        cause: new Error('secret vendor words'),
      };
      const { status, body, headers } = errorReply(new FarmError(type, 'in plain words', options));
      assert.equal(status, STATUSES[type]);
      assert.deepEqual(errorEnvelopeSchema.parse(body), {
        error: { message: 'in plain words', type, code: status, param: 'a.b', job_id: 'job' },
        detail: [{ loc: ['body', 'a', 'b'], msg: 'in plain words', type }],
      });
      assert.equal(headers?.['Retry-After'], '2');
      assert.equal(headers?.['Worldfarm-Job-Id'], 'job');
    });
  }

  it('says nothing about what we did not foresee', () => {
    const { status, body } = errorReply(new TypeError('cannot read /etc/passwd of undefined'));
    assert.equal(status, 500);
    assert.ok(!JSON.stringify(body).includes('passwd'));
  });
});
