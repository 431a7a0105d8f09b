import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Reply } from './call.ts';

/** Writes a reply. A stream that breaks in the middle breaks the connection, so that nobody takes it for whole. */
export async function send(response: Response, { status, body, headers = {} }: Reply): Promise<void> {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined) {
    response.end();
  } else if (body instanceof Readable) {
    if (response.req.method === 'HEAD') {
      body.destroy();
      response.end();
      return;
    }
    response.flushHeaders();
    await pipeline(body, response).catch(() => response.destroy());
  } else if (Buffer.isBuffer(body)) {
    response.end(body);
  } else if (typeof body === 'string') {
    if (!headers['Content-Type']) response.type('text/plain');
    response.send(body);
  } else {
    response.json(body);
  }
}
