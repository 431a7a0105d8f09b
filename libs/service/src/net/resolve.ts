import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { whyNotPublic } from './address.ts';
import { type AllowList, bareHost } from './allow-list.ts';
import { OutboundError } from './errors.ts';

/** Every address of a name, best first. Rejects when there is none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** What the system's resolver says, /etc/hosts included, IPv4 first since clusters often have no way out by IPv6. */
export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, order: 'ipv4first' })).map(({ address }) => address);

/**
 * The addresses that may be dialed for a host: resolved once, here. One forbidden address among them condemns
 * the name, so that an answer of two cannot be played against itself.
 *
 * @throws OutboundError `unresolved`, `refused`
 */
export async function resolveChecked(
  hostname: string,
  { resolve, allow }: { resolve: Resolve; allow: AllowList },
): Promise<readonly string[]> {
  const host = bareHost(hostname);
  const addresses = isIP(host) ? [host] : await ask(host, resolve);
  if (!allow.hasHost(host)) {
    for (const address of addresses) {
      const why = allow.hasAddress(address) ? undefined : whyNotPublic(address);
      if (why) {
        throw new OutboundError('refused', `${host}: this address is not allowed`, {
          detail: `${address} is ${why}`,
        });
      }
    }
  }
  return addresses;
}

async function ask(host: string, resolve: Resolve): Promise<readonly string[]> {
  const unresolved = (cause?: unknown) =>
    new OutboundError('unresolved', `${host}: no such host`, { detail: String(cause ?? 'empty'), cause });
  const addresses = await resolve(host).catch((error: unknown) => {
    throw unresolved(error);
  });
  if (addresses.length === 0) throw unresolved();
  return addresses;
}
