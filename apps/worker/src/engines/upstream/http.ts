import { request as plain, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as secure } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface UpstreamOptions {
  readonly url: string;
  readonly apiKey?: string | undefined;
}

export interface UpstreamReply {
  readonly status: number;
  /** read or destroy it */
  readonly body: IncomingMessage;
}

/** One call to the model server. Its time is not limited: a render lasts as long as it lasts. */
export type UpstreamCall = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  options: { body?: unknown; headers?: Readonly<Record<string, string>>; signal: AbortSignal },
) => Promise<UpstreamReply>;

/** The server could not be reached, or broke off. `sent`: it may have begun to work. */
export class UpstreamGone extends Error {
  override readonly name = 'UpstreamGone';
  readonly sent: boolean;

  constructor(sent: boolean, cause: unknown) {
    super('the model server is out of reach', { cause });
    this.sent = sent;
  }
}

/** `fetch` gives up on a reply that takes longer than five minutes to begin; this does not. */
export function upstreamCall({ url, apiKey }: UpstreamOptions): UpstreamCall {
  const root = new URL(url);
  const send = root.protocol === 'https:' ? secure : plain;
  return (method, path, { body, headers, signal }) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const options: RequestOptions = {
        method,
        signal,
        headers: {
          accept: 'application/json',
          ...(text && { 'content-type': 'application/json', 'content-length': text.length }),
          ...(apiKey && { authorization: `Bearer ${apiKey}` }),
          ...headers,
        },
      };
      let connected = false;
      const outgoing = send(`${url}${path}`, options, (reply) =>
        resolve({ status: reply.statusCode ?? 0, body: reply }),
      );
      outgoing.on('socket', (socket) => {
        connected = !socket.connecting;
        if (connected) return;
        socket.once('connect', () => {
          connected = true;
        });
      });
      outgoing.on('error', (error) =>
        reject(signal.aborted ? signal.reason : new UpstreamGone(connected, error)),
      );
      outgoing.end(text);
    });
}

/** The whole reply as JSON; undefined when it is none. */
export async function readJson(
  { body }: UpstreamReply,
  signal: AbortSignal,
): Promise<Record<string, unknown> | undefined> {
  const bytes = await buffer(body).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : new UpstreamGone(true, error);
  });
  try {
    return JSON.parse(bytes.toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
