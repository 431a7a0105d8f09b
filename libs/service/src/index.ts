export * from './config.ts';
export {
  answers,
  type Health,
  type HealthOptions,
  serveHealth,
  whileRedisAnswers,
} from './health.ts';
export * from './logger.ts';
export * from './metrics.ts';
export * from './net/index.ts';
export * from './shutdown.ts';
export * from './tracing/index.ts';
