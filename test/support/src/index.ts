export * from './farm.ts';
export * from './job.ts';
export * from './pixels.ts';
export * from './port.ts';
export * from './redis.ts';
export * from './until.ts';
export * from './watch-loop.ts';
