export type { Batcher } from './batcher.ts';
export { type BatcherConfig, readConfig } from './config.ts';
export { openReader } from './inputs/reader.ts';
export { leadBatches } from './leader.ts';
