import type { BatchSpec, BatchStatus, JobStatus, RowCounts, RowState } from '@worldfarm/core';

/** A batch as the farm keeps it. Rows and results lie in storage; here is what changes all the time. */
export interface BatchRecord {
  readonly id: string;
  readonly owner: string;
  readonly spec: BatchSpec;
  /** of the spec: the same batch with another one is a new revision */
  readonly digest: string;
  /** from 1; every revision reads its rows anew */
  readonly revision: number;
  readonly status: BatchStatus;
  /** what its owner wants of it; the leader follows */
  readonly want: BatchWish;
  /** ms since the epoch, of the first revision */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** rows read so far while it is validated, all of them afterwards */
  readonly total: number;
  readonly invalid: number;
  readonly profile: string;
  /** why it failed, in one sentence */
  readonly message?: string;
  /** rows finished since `startedAt`, for the pace */
  readonly finished: number;
}

export type BatchWish = 'run' | 'pause' | 'cancel';

/** A change of one row. `job` opens or closes the entry of the job that renders it. */
export interface RowMove {
  readonly row: number;
  readonly to: RowState;
  readonly job?: string;
}

export interface BatchStore {
  /**
   * Makes a batch, or finds it. The same spec again goes on with what is missing; another spec of the same batch
   * starts a new revision, once the running one has ended.
   * @throws FarmError invalid_transition when it still runs with another spec, or when another batch writes its
   * dataset to the same place
   */
  create(batch: Pick<BatchRecord, 'id' | 'owner' | 'spec' | 'digest' | 'profile'>): Promise<BatchRecord>;
  get(id: string): Promise<BatchRecord | undefined>;
  /** Newest first. */
  list(filter: { owner?: string }, page: { limit: number; cursor?: string }): Promise<BatchPage>;
  /** Forgets a batch, where it has ended before that moment (ms since the epoch). @returns whether it has */
  remove(batch: Pick<BatchRecord, 'id' | 'spec'>, endedBefore: number): Promise<boolean>;
  want(id: string, wish: BatchWish): Promise<void>;
  /** Failed and canceled rows back to pending, and the batch back to running. Returns how many rows. */
  retryFailed(id: string): Promise<number>;
  counts(id: string): Promise<{ rows: RowCounts; active: number }>;
  /** One byte for each row: the index of its state in ROW_STATES. */
  states(id: string): Promise<Uint8Array>;
  /** Ids of the batches that have something left to do. */
  unfinished(): Promise<readonly string[]>;
  /** Takes a batch for this process; undefined when another one leads it. */
  lead(id: string, leaseMs: number): Promise<BatchLead | undefined>;
}

export interface BatchPage {
  readonly records: readonly BatchRecord[];
  readonly next?: string;
}

/** A job that was handed to the queues for a row. */
export interface OpenJob {
  readonly job: string;
  readonly row: number;
  /** undefined: it has no record yet, or no more */
  readonly status?: JobStatus;
}

/** What only the leader of a batch does. Each change fails once another process leads. */
export interface BatchLead {
  /** Keeps the batch for another lease. False: it is lost. */
  renew(): Promise<boolean>;
  resign(): Promise<void>;
  /** @throws LeadLost */
  patch(fields: Partial<Omit<BatchRecord, 'id' | 'owner' | 'spec' | 'createdAt'>>): Promise<void>;
  /** Forgets the states of an older revision and starts with `total` pending rows. @throws LeadLost */
  begin(total: number): Promise<void>;
  /** Moves rows, and keeps the counters and open jobs true, all or nothing. @throws LeadLost */
  move(moves: readonly RowMove[]): Promise<void>;
  /** Forgets the batch after a while: it was only asked for. @throws LeadLost */
  expire(seconds: number): Promise<void>;
  /** Every pending row to canceled. @throws LeadLost */
  cancelPending(): Promise<void>;
  openJobs(): Promise<readonly OpenJob[]>;
  /** A small value of the leader's own, kept with the batch: the plan of a shard, the next number. */
  note(name: string, value: object | undefined): Promise<void>;
  notes<T>(name: string): Promise<T | undefined>;
  /** The status of each of these jobs; undefined for one without a record. */
  statuses(jobs: readonly string[]): Promise<readonly (JobStatus | undefined)[]>;
}

/** Another process leads the batch now; nothing of it may be changed here any more. */
export class LeadLost extends Error {
  override readonly name = 'LeadLost';
}
