import { FarmError } from '@worldfarm/core';
import type { Call } from '../http/call.ts';

/** How long a call waits for its job, and what it answers when the time is over. */
export interface Hold {
  readonly seconds: number;
  /** `accepted`: 202 with the job; `nvcf`: 202 in the hosted form; `timeout`: 504 */
  readonly late: 'accepted' | 'nvcf' | 'timeout';
}

/**
 * Reads how a caller wants to wait: `Prefer: respond-async`, `Prefer: wait=N` (RFC 7240), NVIDIA's hosted
 * `NVCF-POLL-SECONDS: N`, or their query twins. Without any, the call holds as long as it may.
 *
 * @param limit the longest hold, in seconds
 * @throws FarmError invalid_request for a wait that is no number of seconds
 */
export function decideHold({ headers, query }: Pick<Call, 'headers' | 'query'>, limit: number): Hold {
  const poll = headers['nvcf-poll-seconds'] ?? query['nvcf-poll-seconds'];
  if (poll !== undefined) return { seconds: seconds(poll, 'NVCF-POLL-SECONDS', limit), late: 'nvcf' };
  const prefer = preferences(headers.prefer ?? query.prefer);
  const wait = prefer.get('wait') ?? query.wait;
  if (wait !== undefined) return { seconds: seconds(wait, 'wait', limit), late: 'accepted' };
  if (prefer.has('respond-async')) return { seconds: 0, late: 'accepted' };
  return { seconds: limit, late: 'timeout' };
}

function preferences(header = ''): Map<string, string> {
  return new Map(
    header
      .split(/[,;]/)
      .map((part) => part.trim().split('='))
      .map(([name, value = '']) => [name!.trim().toLowerCase(), value.trim().replace(/^"|"$/g, '')]),
  );
}

function seconds(text: string, param: string, limit: number): number {
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), limit);
  throw new FarmError('invalid_request', `${param}: expected a whole number of seconds`, { param });
}
