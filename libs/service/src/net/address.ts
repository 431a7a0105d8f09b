import ipaddr from 'ipaddr.js';

/** Azure's host agent answers on a globally routable address; nothing in the registries marks it. */
const HOST_AGENTS = ['168.63.129.16'];
/** The one block of IPv6 that is handed out for the Internet (RFC 4291, IANA). */
const GLOBAL_IPV6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
/** The interface half of an address that an ISATAP router turns into IPv4 (RFC 5214), sixteen bits at a time. */
const ISATAP = { at: 5, value: 0x5efe };

/**
 * Why an address must not be connected to, in the words of its registry (`private`, `loopback`, `6to4`, ...);
 * undefined for an address of the open Internet. Forms of IPv6 that carry an IPv4 address inside are refused
 * whatever they carry: a public server never needs one.
 */
export function whyNotPublic(text: string): string | undefined {
  if (!ipaddr.isValid(text)) return 'not an address';
  const address = ipaddr.parse(text);
  if (HOST_AGENTS.includes(address.toString())) return 'metadata';
  const range = address.range();
  if (range !== 'unicast') return range;
  if (address instanceof ipaddr.IPv6) {
    if (!address.match(GLOBAL_IPV6)) return 'reserved';
    if (address.parts[ISATAP.at] === ISATAP.value) return 'isatap';
  }
  return undefined;
}
