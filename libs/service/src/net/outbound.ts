import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { parseAllowList } from './allow-list.ts';
import { limitBody, tooLarge } from './body.ts';
import { guardedConnector } from './connector.ts';
import { type Dial, directDial } from './dial.ts';
import { OutboundError } from './errors.ts';
import { proxyDial } from './proxy.ts';
import { type Resolve, resolveChecked, systemResolve } from './resolve.ts';
import { parseTarget } from './target.ts';

export interface OutboundOptions {
  /** hosts, *.domains, addresses and CIDR ranges that are let through: see {@link parseAllowList} */
  readonly allow?: readonly string[];
  /** http:// URL of a proxy that speaks CONNECT; the address is still resolved and checked here */
  readonly proxy?: string;
  /** connections kept for one host; default 16 */
  readonly connectionsPerHost?: number;
  /** default 5000 */
  readonly connectTimeoutMs?: number;
  /** the system's resolver unless a test brings its own */
  readonly resolve?: Resolve;
  /** TCP unless a test brings its own; wins over `proxy` */
  readonly dial?: Dial;
}

export interface OutboundRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** for all of it: connecting, redirects, and reading the body to its end */
  readonly timeoutMs: number;
  /** a longer body is cut with `too_large`; at once when the answer announces its length */
  readonly maxBytes: number;
  /** redirects followed, each checked like the first URL; default 0: a 3xx is then an answer like any other */
  readonly redirects?: number;
  readonly signal?: AbortSignal;
}

export interface OutboundReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** where the answer came from, after redirects */
  readonly url: string;
  /** to be read or destroyed; its errors are OutboundErrors, or the signal's reason */
  readonly body: Readable;
}

/** Calls to servers that users name: webhook receivers, media URLs. */
export interface Outbound {
  /** The checks that need no resolver, for refusing a URL when it is handed in. @throws OutboundError `refused` */
  inspect(url: string): URL;
  /** Those and the addresses that the name has now. @throws OutboundError `refused`, `unresolved` */
  check(url: string): Promise<void>;
  /** @throws OutboundError; the signal's reason when aborted */
  request(url: string, options: OutboundRequest): Promise<OutboundReply>;
  /** Ends the kept connections, and whatever still runs on them. */
  close(): Promise<void>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Opens the guarded way out.
 *
 * @example
 * const outbound = openOutbound({ allow: ['*.svc.cluster.local'] });
 * const reply = await outbound.request(url, { timeoutMs: 30_000, maxBytes: 75_000_000, redirects: 3 });
 * await pipeline(reply.body, file);
 *
 * @throws Error for an allow entry or a proxy that cannot be read
 */
export function openOutbound(options: OutboundOptions = {}): Outbound {
  const allow = parseAllowList(options.allow ?? []);
  const resolve = options.resolve ?? systemResolve;
  const dial = options.dial ?? (options.proxy ? proxyDial(options.proxy) : directDial);
  const connect = guardedConnector({
    allow,
    resolve,
    dial,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
  });
  const agent = new Agent({ connect, connections: options.connectionsPerHost ?? 16, pipelining: 1 });

  async function send(
    url: URL,
    asked: OutboundRequest,
    signal: AbortSignal,
  ): Promise<[URL, Dispatcher.ResponseData]> {
    for (let left = asked.redirects ?? 0, at = url; ; left--) {
      const reply = await request(at, {
        dispatcher: agent,
        method: asked.method ?? 'GET',
        headers: { 'accept-encoding': 'identity', ...asked.headers },
        body: asked.body,
        signal,
        headersTimeout: asked.timeoutMs,
        bodyTimeout: asked.timeoutMs,
      });
      const location = reply.headers.location;
      if (!asked.redirects || !REDIRECTS.has(reply.statusCode) || typeof location !== 'string')
        return [at, reply];
      reply.body.on('error', () => {}).destroy();
      if (left === 0) throw new OutboundError('refused', `more than ${asked.redirects} redirects`);
      at = parseTarget(URL.parse(location, at.href)?.href ?? location, allow);
    }
  }

  return {
    inspect: (url) => parseTarget(url, allow),

    async check(url) {
      await resolveChecked(parseTarget(url, allow).hostname, { resolve, allow });
    },

    async request(text, asked) {
      const url = parseTarget(text, allow);
      const clock = startClock(asked);
      const translate = (error: unknown) => clock.translate(error, url);
      try {
        const [at, reply] = await send(url, asked, clock.signal);
        const { statusCode: status, headers, body } = reply;
        if (Number(headers['content-length']) > asked.maxBytes && asked.method !== 'HEAD') {
          body.on('error', () => {}).destroy();
          throw tooLarge(asked.maxBytes);
        }
        const limited = limitBody(body, asked.maxBytes, { translate, onEnd: clock.stop });
        return { status, headers, url: at.href, body: limited };
      } catch (error) {
        clock.stop();
        throw translate(error);
      }
    },

    close: () => agent.destroy(),
  };
}

/** One signal for the caller's wish and the time limit, and the words for what then goes wrong. */
function startClock({ timeoutMs, signal: wish }: OutboundRequest) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs).unref();
  const signal = wish ? AbortSignal.any([wish, late.signal]) : late.signal;
  return {
    signal,
    stop: () => clearTimeout(timer),
    translate(error: unknown, { host }: URL): Error {
      if (wish?.aborted) return wish.reason as Error;
      if (error instanceof OutboundError) return error;
      const detail = error instanceof Error ? error.message : String(error);
      if (late.signal.aborted || /Timeout/.test((error as Error).name)) {
        return new OutboundError('timeout', `${host}: no answer in ${timeoutMs / 1000} s`, { detail });
      }
      return new OutboundError('broken', `${host}: the connection broke`, { detail, cause: error });
    },
  };
}
