import type { Gateway } from '../gateway.ts';
import type { Caller } from '../http/call.ts';
import type { Access } from '../http/route.ts';

/** Whoever calls where keys are off: one owner of everything. */
const EVERYBODY: Caller = { owner: 'anonymous', admin: true, limits: {} };

/** Finds out who calls. @throws FarmError unauthorized, forbidden, quota_exceeded */
export async function authorize(
  _access: Access,
  _headers: Readonly<Record<string, string | undefined>>,
  _gateway: Gateway,
): Promise<Caller> {
  return EVERYBODY;
}
