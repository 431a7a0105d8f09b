export { type Axis, axisSchema } from './axes.ts';
export { canonicalJson, type Digest } from './canonical.ts';
export { type BatchEstimate, type Pace, paceOf, startEstimate } from './estimate.ts';
export { type Grid, gridSchema, openGrid } from './grid.ts';
export { compileFilter, type Filter } from './filter/compile.ts';
export { batchId, batchJobId, findBatchId, itemId, profileDigest, renderKey } from './ids.ts';
export {
  BATCHES,
  batchKeys,
  batchPrefix,
  batchRevisionPrefix,
  CHUNK_ROWS,
  renderEntry,
  uploadKeys,
  UPLOADS,
} from './keys.ts';
export type { ClipPlace, ProvenanceRow, RowFailure, RowResult } from './provenance.ts';
export {
  type BatchRow,
  LONGEST_LINE,
  planRow,
  readLine,
  readRow,
  type ReadRow,
  type RowContext,
  type RowError,
  storedAddress,
} from './row.ts';
export { type ClipScores, SCORE_NAMES } from './scores.ts';
export { Seen } from './seen.ts';
export {
  type BatchSpec,
  batchSpecSchema,
  type Layout,
  LAYOUTS,
  type OnError,
  outputPrefix,
  specDigest,
} from './spec.ts';
export { splitOf, type SplitShares } from './split.ts';
export {
  BATCH_STATUSES,
  type BatchCounts,
  batchCounts,
  batchEta,
  type BatchStatus,
  isBatchFinal,
  isOverErrors,
  ROW_STATES,
  type RowCounts,
  type RowState,
} from './status.ts';
export { batchView, type ViewedBatch } from './view.ts';
