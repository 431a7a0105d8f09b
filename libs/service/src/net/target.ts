import { isIP } from 'node:net';
import { type AllowList, bareHost } from './allow-list.ts';
import { OutboundError } from './errors.ts';

/**
 * Reads a URL by everything that can be said without asking a resolver: http or https, no user name or password,
 * a port that web servers use (80, 443, 1024 and up; any for allow-listed hosts).
 *
 * @throws OutboundError `refused`
 */
export function parseTarget(text: string, allow: AllowList): URL {
  if (!URL.canParse(text)) throw new OutboundError('refused', 'this is not a URL');
  const url = new URL(text);
  const refuse = (why: string) => new OutboundError('refused', why, { detail: url.host });
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse('only http and https URLs are accepted');
  }
  if (url.username || url.password) throw refuse('URLs with a user name or password are not accepted');
  const host = bareHost(url.hostname);
  if (host === '') throw refuse('the URL names no host');
  const port = portOf(url);
  const vouched = allow.hasHost(host) || (isIP(host) !== 0 && allow.hasAddress(host));
  if (!vouched && port < 1024 && port !== 80 && port !== 443) {
    throw refuse(`port ${port} is not a port for web servers`);
  }
  return url;
}

export function portOf(url: Pick<URL, 'protocol' | 'port'>): number {
  return url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
}
