import type { Caller } from '../../http/call.ts';

/** Whose webhooks a caller may see and change: undefined for everybody's. */
export function ownerFilter({ admin, owner }: Caller): string | undefined {
  return admin ? undefined : owner;
}
