import type { IncomingMessage } from 'node:http';
import { FarmError } from '@worldfarm/core';
import { JsonIntake } from './json-intake.ts';
import { type BodyLimits, limited, tooLarge } from './limits.ts';
import type { Uploads } from './upload.ts';

/**
 * Reads a JSON body while it arrives. Long media strings are decoded and set aside piece by piece, so that a
 * video of 100 MB is never in memory as text; what is left is small and parsed as usual.
 *
 * @throws FarmError invalid_json, body_too_large, unsupported_content_type
 */
export async function readJson(
  request: IncomingMessage,
  uploads: Uploads,
  limits: BodyLimits,
): Promise<unknown> {
  checkType(request, /^application\/([\w.+-]+\+)?json$/);
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > limits.total) throw tooLarge(limits.total);
  const intake = new JsonIntake(uploads, limits.fields);
  for await (const chunk of limited(request, limits.total)) await intake.push(chunk);
  return parse(intake.skeleton());
}

/** @throws FarmError unsupported_content_type; no type at all passes */
export function checkType(request: IncomingMessage, expected: RegExp): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type && !expected.test(type)) {
    throw new FarmError('unsupported_content_type', 'send the body as application/json', {
      param: 'Content-Type',
    });
  }
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') {
    throw new FarmError('unsupported_content_type', 'send the body without Content-Encoding', {
      param: 'Content-Encoding',
    });
  }
}

function parse(skeleton: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(skeleton));
  } catch (error) {
    throw new FarmError('invalid_json', 'the body is not valid JSON', { param: 'body', cause: error });
  }
}
