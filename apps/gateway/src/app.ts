import express, { type Express } from 'express';
import { docsRouter } from './docs/page.ts';
import type { Gateway } from './gateway.ts';
import { mountRoutes } from './http/mount.ts';
import { brokenRequest, noSuchRoute } from './middleware/fallbacks.ts';
import { observe } from './middleware/observe.ts';
import { requestId } from './middleware/request-id.ts';
import { watchFarm } from './farm-gauges.ts';
import { profileRoutes, routes } from './routes.ts';

/** The gateway as an Express application that listens nowhere yet. */
export function createApp(gateway: Gateway): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  watchFarm(gateway);
  app.use(requestId, observe(gateway.metrics, gateway.logger));
  app.use(docsRouter());
  app.use('/profiles/:profile', docsRouter());
  app.use('/profiles/:profile', mountRoutes(profileRoutes, gateway));
  app.use(mountRoutes(routes, gateway));
  app.use(noSuchRoute);
  app.use(brokenRequest);
  return app;
}
