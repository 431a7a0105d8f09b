import type { NextFunction, Request, Response } from 'express';
import type { Logger, Metrics } from '@worldfarm/service';

const BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600, 1800];

/** Counts and logs requests when they end. Routes are named by pattern, so that ids make no new series. */
export function observe(metrics: Metrics, logger: Logger) {
  const requests = metrics.counter('worldfarm_http_requests_total', 'HTTP requests answered', [
    'method',
    'route',
    'status',
  ]);
  const seconds = metrics.histogram(
    'worldfarm_http_request_seconds',
    'Time from request to end of reply, holding included',
    ['method', 'route'],
    BUCKETS,
  );
  return (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now();
    response.once('close', () => {
      const method = request.method;
      const route = (response.locals.route as string | undefined) ?? 'none';
      const lasted = (performance.now() - began) / 1000;
      requests.inc({ method, route, status: String(response.statusCode) });
      seconds.observe({ method, route }, lasted);
      logger.debug(
        {
          request: request.id,
          method,
          route,
          status: response.statusCode,
          seconds: Number(lasted.toFixed(3)),
          ...(response.locals.trace as object | undefined),
        },
        'request',
      );
    });
    next();
  };
}
