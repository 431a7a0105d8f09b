import { FarmError } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import type { Caller } from '../http/call.ts';
import type { Access } from '../http/route.ts';

/** Whoever calls where keys are off: one owner of everything. */
const EVERYBODY: Caller = { owner: 'anonymous', admin: true, limits: {} };
/** Whoever calls an open route where keys are on. */
const NOBODY: Caller = { owner: 'anonymous', admin: false, limits: {} };

/**
 * Finds out who calls, and counts the call.
 * @throws FarmError unauthorized, forbidden, quota_exceeded
 */
export async function authorize(
  access: Access,
  headers: Readonly<Record<string, string | undefined>>,
  { config, farm }: Pick<Gateway, 'config' | 'farm'>,
): Promise<Caller> {
  if (!config.auth) return EVERYBODY;
  if (access === 'open') return NOBODY;
  const secret = secretOf(headers);
  if (!secret) {
    throw new FarmError('unauthorized', 'send an API key as "Authorization: Bearer <key>" or "X-Api-Key"');
  }
  const key = await farm.keys.verify(secret);
  if (!key) throw new FarmError('unauthorized', 'this API key is not known');
  const { requestsPerMinute, ...limits } = key.limits;
  if (requestsPerMinute !== undefined) {
    const { retryAfter } = await farm.keys.spend(key.id, requestsPerMinute);
    if (retryAfter !== undefined) {
      throw new FarmError('quota_exceeded', `this key may call ${requestsPerMinute} times a minute`, {
        retryAfter,
      });
    }
  }
  if (access === 'admin' && !key.admin) throw new FarmError('forbidden', 'this takes an admin key');
  return { owner: key.id, admin: key.admin, limits };
}

function secretOf(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  const [, bearer] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return bearer ?? headers['x-api-key'];
}
