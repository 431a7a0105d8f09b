export { croissant, type CroissantFacts } from './card/croissant.ts';
export { type CardFacts, datasetCard } from './card/readme.ts';
export { type CardStatistics, startStatistics } from './card/statistics.ts';
export { clipPath, splitFolder, videofolderLine } from './folder.ts';
export { lerobotInfo, lerobotStats } from './lerobot/info.ts';
export { type PixelStatistics, startPixelStatistics } from './lerobot/pixels.ts';
export { fileNumberOf, VIDEO_KEY, videoPath } from './lerobot/paths.ts';
export {
  EPISODE_COLUMNS,
  type Episode,
  episodesOf,
  FRAME_COLUMNS,
  framesOf,
  TASK_COLUMNS,
  TASK_METADATA,
  type Task,
} from './lerobot/tables.ts';
export type { Column } from './parquet/columns.ts';
export { MANIFEST_COLUMNS } from './parquet/manifest.ts';
export { writeParquet } from './parquet/write.ts';
export { NearDuplicates } from './scores/duplicates.ts';
export { SCORE_FRAMES, SCORE_SIZE, scoreFrames } from './scores/measure.ts';
export { type ShardNumbers, shardNumbers, shardOf } from './webdataset/numbers.ts';
export { dueShards, type ShardPlan, type Staged } from './webdataset/plan.ts';
export {
  clipOffsets,
  shardBytes,
  shardJson,
  type ShardMember,
  shardName,
  shardStream,
} from './webdataset/shard.ts';
