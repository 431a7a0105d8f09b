import ipaddr from 'ipaddr.js';

/** Exceptions to the rules: receivers inside the cluster, a test server on loopback. */
export interface AllowList {
  /** the operator vouches for this name, whatever it resolves to */
  hasHost(hostname: string): boolean;
  hasAddress(address: string): boolean;
}

/**
 * Reads entries of these forms: a host (`hooks.internal`), the hosts under a domain (`*.svc.cluster.local`), an
 * address (`10.1.2.3`), a CIDR range (`10.0.0.0/8`, `fd00::/8`). An IPv4 range also covers IPv4-mapped forms.
 *
 * @throws Error naming the entry that is none of them
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const hosts = new Set<string>();
  const domains: string[] = [];
  const ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  for (const entry of entries.map((text) => bareHost(text.trim()))) {
    if (ipaddr.isValidCIDR(entry)) ranges.push(ipaddr.parseCIDR(entry));
    else if (isLiteral(entry)) ranges.push(wholeAddress(entry));
    else if (/^\*(\.[a-z0-9_-]+)+$/.test(entry)) domains.push(entry.slice(1));
    else if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(entry) && !/(^|\.)(\d+|0x[0-9a-f]*)$/.test(entry))
      hosts.add(entry);
    else throw new Error(`"${entry}" is no host, *.domain, address or CIDR range`);
  }
  return {
    hasHost: (hostname) => {
      const host = bareHost(hostname);
      return hosts.has(host) || domains.some((domain) => host.endsWith(domain));
    },
    hasAddress: (text) => {
      if (!ipaddr.isValid(text)) return false;
      const address = ipaddr.process(text);
      return ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
    },
  };
}

/** As URLs and resolvers write one and the same host: no brackets, no final dot, lower case. */
export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** ipaddr.js also reads `10.1` and `0x7f000001`; in a configuration those are more likely a slip. */
function isLiteral(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

function wholeAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
