import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { Dial } from './dial.ts';
import { OutboundError } from './errors.ts';

/**
 * Dials through an HTTP proxy by CONNECT. The proxy is given the address that was checked, never the name:
 * what was looked at is what is connected to.
 *
 * @param proxy http://[user:password@]host:port
 */
export function proxyDial(proxy: string): Dial {
  const url = new URL(proxy);
  if (url.protocol !== 'http:') throw new Error('an outbound proxy is an http:// URL');
  const login = url.username && `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return async ({ address, port }, signal) => {
    const authority = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    const asking = request({
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port || 80,
      method: 'CONNECT',
      path: authority,
      agent: false,
      signal,
      headers: {
        host: authority,
        ...(login && { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
      },
    });
    asking.end();
    const [reply, socket] = (await once(asking, 'connect')) as [{ statusCode?: number }, Socket];
    if (reply.statusCode !== 200) {
      socket.destroy();
      throw new OutboundError('unreachable', 'the outbound proxy did not connect', {
        detail: `${authority}: proxy answered ${reply.statusCode}`,
      });
    }
    return socket;
  };
}
