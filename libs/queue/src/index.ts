export type * from './api.ts';
export { ClaimLost } from './claim.ts';
export { type Farm, type FarmOptions, openFarm } from './farm.ts';
export type { Lane, LaneOptions } from './lane.ts';
export type { Reconciled, Reconciler } from './reconcile.ts';
export type { WeightedQueue } from './rotation.ts';
