import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

declare global {
  namespace Express {
    interface Request {
      id: string;
    }
  }
}

const SANE = /^[A-Za-z0-9._-]{1,64}$/;

/** Names every request: the client's own `X-Request-Id` if it is a sane one, else a new one. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('x-request-id');
  request.id = given && SANE.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', request.id);
  next();
}
