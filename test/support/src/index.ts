export * from './job.ts';
export * from './port.ts';
export * from './redis.ts';
export * from './until.ts';
