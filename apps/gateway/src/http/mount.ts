import { FarmError } from '@worldfarm/core';
import { NO_TRACING, type Span } from '@worldfarm/service';
import { type Request, type Response, Router } from 'express';
import { readForm } from '../body/form.ts';
import { readJson } from '../body/json.ts';
import { limited } from '../body/limits.ts';
import { Uploads } from '../body/upload.ts';
import type { Gateway } from '../gateway.ts';
import { authorize } from '../middleware/authorize.ts';
import type { Call } from './call.ts';
import { errorReply, toFarmError } from './error-reply.ts';
import type { Route } from './route.ts';
import { send } from './send.ts';

/** Puts the table of contents onto an Express router: the only place where handlers meet Express. */
export function mountRoutes(routes: readonly Route[], gateway: Gateway): Router {
  const router = Router({ mergeParams: true });
  for (const route of routes) router[route.method](route.path, (req, res) => serve(route, req, res, gateway));
  for (const [path, methods] of methodsByPath(routes)) {
    router.all(path, (_req, res) => {
      const error = new FarmError('method_not_allowed', `this path takes ${methods.join(', ')}`);
      const reply = errorReply(error);
      return send(res, { ...reply, headers: { Allow: methods.join(', ') } });
    });
  }
  return router;
}

async function serve(route: Route, request: Request, response: Response, gateway: Gateway): Promise<void> {
  const uploads = new Uploads(gateway.config.tempFolder);
  const span = spanOf(route, request, gateway);
  response.locals.route = route.path;
  response.locals.trace = span.fields;
  let fault: unknown;
  try {
    const call = await readCall(route, request, response, uploads, span, gateway);
    const reply = await route.handler(call, gateway);
    await send(response, reply);
  } catch (error) {
    if (response.headersSent || response.socket?.destroyed) {
      response.destroy();
      return;
    }
    const known = toFarmError(error);
    if (known.status >= 500) fault = error;
    gateway.counters.refused.inc({ type: known.type });
    if (known.status >= 500) {
      gateway.logger.error(
        { err: error, cause: known.cause, request: request.id, ...span.fields },
        'request failed',
      );
    }
    if (!request.complete) letGo(request, response);
    await send(response, errorReply(known));
  } finally {
    span.set({ 'http.response.status_code': response.statusCode });
    span.end({ error: fault ?? (response.statusCode >= 500 ? response.statusCode : undefined) });
    await uploads.dispose();
  }
}

/** Open routes are probes, scrapes and descriptions: spans of them would bury the rest. */
function spanOf({ path, access }: Route, request: Request, { tracing }: Gateway): Span {
  return (access === 'open' ? NO_TRACING : tracing).begin(`${request.method} ${path}`, {
    kind: 'server',
    parent: request.headers,
    attributes: {
      'http.request.method': request.method,
      'http.route': path,
      // Without the query: it may hold a webhook's address.
      'url.path': request.baseUrl + request.path,
      'worldfarm.request.id': request.id,
    },
  });
}

/** Clients read no answer while they send: the rest of a refused body is thrown away for a while, then cut. */
const LET_GO_MS = 5_000;

function letGo(request: Request, response: Response): void {
  response.setHeader('Connection', 'close');
  request.resume();
  const cut = setTimeout(() => request.destroy(), LET_GO_MS).unref();
  request.once('close', () => clearTimeout(cut));
}

async function readCall(
  route: Route,
  request: Request,
  response: Response,
  uploads: Uploads,
  span: Span,
  gateway: Gateway,
): Promise<Call> {
  const headers = request.headers as Record<string, string | undefined>;
  const caller = await authorize(route.access ?? 'key', headers, gateway);
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client went away'));
  });
  const limits = gateway.config.body;
  const body =
    route.body === 'json'
      ? await readJson(request, uploads, limits)
      : route.body === 'form'
        ? await readForm(request, uploads, limits)
        : route.body === 'stream'
          ? limited(request, limits.upload)
          : undefined;
  return {
    id: request.id,
    method: request.method,
    path: request.path,
    params: request.params as Record<string, string>,
    query: flatQuery(request.query),
    headers,
    body,
    uploads,
    caller,
    span,
    signal: gone.signal,
  };
}

/** `?a=1&a=2` is nobody's intention here: the last one counts. */
function flatQuery(query: Request['query']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      Array.isArray(value) ? String(value.at(-1)) : String(value),
    ]),
  );
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { path, method } of routes) {
    found.set(path, [...(found.get(path) ?? []), method.toUpperCase()]);
  }
  return found;
}
