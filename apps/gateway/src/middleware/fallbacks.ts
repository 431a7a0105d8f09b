import { FarmError } from '@worldfarm/core';
import type { NextFunction, Request, Response } from 'express';
import { errorReply } from '../http/error-reply.ts';
import { send } from '../http/send.ts';

/** The answer to a path that is nobody's. */
export function noSuchRoute(_request: Request, response: Response): Promise<void> {
  return send(response, errorReply(new FarmError('route_not_found', 'there is nothing at this path')));
}

/** The answer to what breaks before a handler runs, such as a path that cannot be decoded. */
export function brokenRequest(error: unknown, _request: Request, response: Response, _next: NextFunction) {
  const broken = error instanceof URIError || (error as { status?: number }).status === 400;
  const known = broken
    ? new FarmError('invalid_request', 'the path cannot be decoded', { cause: error })
    : error;
  return send(response, errorReply(known));
}
