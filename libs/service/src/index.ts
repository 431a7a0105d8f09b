export * from './config.ts';
export * from './logger.ts';
export * from './metrics.ts';
export * from './net/index.ts';
export * from './shutdown.ts';
export * from './tracing/index.ts';
