import type {
  JobError,
  JobMetrics,
  JobOutput,
  JobRecord,
  JobSpec,
  JobStatus,
  Priority,
  Profile,
  Progress,
  Tier,
} from '@worldfarm/core';

/** Bounds that a submit is checked against, in the same atomic step that writes the record. */
export interface SubmitLimits {
  /** refuse with `queue_full` when the queue of this profile and tier holds this many jobs */
  readonly queueDepth?: number;
  /** refuse with `quota_exceeded` when the owner has this many queued jobs */
  readonly ownerQueued?: number;
  /** refuse with `quota_exceeded` when the owner has this many queued and active jobs */
  readonly ownerActive?: number;
}

export interface SubmitOptions {
  /** the client's Idempotency-Key and a digest of the body it came with; kept for 24 h for each owner */
  readonly idempotency?: { readonly key: string; readonly digest: string };
  readonly limits?: SubmitLimits;
}

export interface Submitted {
  readonly record: JobRecord;
  /** true: the idempotency key was seen before, and this is the first job */
  readonly existing: boolean;
}

export interface JobFilter {
  readonly status?: JobStatus;
  readonly profile?: string;
  readonly tier?: Tier;
  readonly batch?: string;
  /** `name=value` */
  readonly tag?: string;
  /** only jobs of this owner; undefined for admin keys */
  readonly owner?: string;
}

export interface JobPage {
  readonly records: readonly JobRecord[];
  /** pass as `cursor` for the next page; undefined at the end */
  readonly next?: string;
}

/** The submitting and reading side of the farm. Every method throws FarmError; `dependency_unavailable` when Redis is away. */
export interface JobStore {
  /** Writes the record and queues the job. @throws FarmError idempotency_conflict, queue_full, quota_exceeded */
  submit(spec: JobSpec, options?: SubmitOptions): Promise<Submitted>;
  get(id: string): Promise<JobRecord | undefined>;
  /** Those that exist, in no order. */
  getMany(ids: readonly string[]): Promise<readonly JobRecord[]>;
  /** Newest first. `limit` 1..1000. */
  list(filter: JobFilter, page: { limit: number; cursor?: string }): Promise<JobPage>;
  /** Queued or active to canceled, at once; a worker that renders it is told and can publish nothing any more. @throws FarmError job_not_found, invalid_transition */
  cancel(id: string): Promise<JobRecord>;
  /** Failed, canceled or expired back to queued. @throws FarmError job_not_found, invalid_transition */
  retry(id: string): Promise<JobRecord>;
  /** Removes the record and its transport (cancels first when it is running); outputs are the caller's to remove. */
  remove(id: string): Promise<JobRecord>;
  /** @throws FarmError invalid_transition unless queued */
  changePriority(id: string, priority: Priority): Promise<JobRecord>;
  /** 0 for the next to start; undefined when not queued. */
  position(id: string): Promise<number | undefined>;
  log(id: string, line: LogLine): Promise<void>;
  logs(id: string): Promise<readonly LogLine[]>;
}

export interface LogLine {
  /** ms since the epoch */
  readonly at: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly attempt?: number;
  readonly worker?: string;
}

/** What changed: the record itself is read afresh by whoever cares. */
export interface LiveEvent {
  readonly job: string;
  readonly kind: 'status' | 'progress' | 'log';
  readonly status?: JobStatus;
}

/** Live changes of jobs, for sync waiters and SSE. Delivery is best effort: `watch` re-reads at (re)connection. */
export interface JobEvents {
  /** Calls back at every change of one job. Returns the function that stops it. */
  subscribe(id: string, listener: (event: LiveEvent) => void): () => void;
  /**
   * Yields the job now and after every change, coalesced to the newest, and ends after a terminal status.
   * Misses nothing for good: the record is read again every few seconds even without events.
   * @throws FarmError job_not_found; the signal's reason when aborted
   */
  watch(id: string, signal: AbortSignal): AsyncIterable<JobRecord>;
  /** The first terminal record of a job. @throws the signal's reason when aborted */
  finished(id: string, signal: AbortSignal): Promise<JobRecord>;
}

export type WorkerStatus = 'starting' | 'ready' | 'busy' | 'draining' | 'stopped' | 'blocked';

export interface WorkerInfo {
  readonly id: string;
  readonly status: WorkerStatus;
  readonly host: string;
  readonly device: string;
  readonly engine: string;
  readonly profiles: readonly string[];
  readonly tiers: readonly Tier[];
  readonly job?: string;
  readonly jobsDone: number;
  readonly jobsFailed: number;
  readonly lastThumbnail?: string;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly version: string;
  readonly message?: string;
}

export interface WorkerRegistry {
  /** Keeps a worker listed for `ttl` seconds more, and says whether it was asked to drain. */
  beat(info: WorkerInfo, ttlSeconds: number): Promise<{ readonly drain: boolean }>;
  list(): Promise<readonly WorkerInfo[]>;
  leave(id: string): Promise<void>;
  /** Asks a worker, wherever it runs, to take no new job and stop. */
  drain(id: string): Promise<boolean>;
}

/** Which ended jobs are old enough to be forgotten, and which inputs nobody refers to. */
export interface Archive {
  /** Oldest first: those that ended before `endedBefore` (ms), and those beyond the newest `keep`. */
  expired(rule: { endedBefore?: number; keep?: number }, limit: number): Promise<readonly string[]>;
  /** Keys of inputs among `keys` that no job refers to. */
  unusedInputs(keys: readonly string[]): Promise<readonly string[]>;
  /** A name of all these records: another one when they were lost and others begun. */
  identity(): Promise<string>;
}

/** Profiles that some worker has served or the gateway was configured with. */
export interface ProfileRegistry {
  announce(profile: Profile): Promise<void>;
  list(): Promise<readonly Profile[]>;
}

/** Counts of one queue. backlog = waiting + delayed + active, the number to scale on. */
export interface QueueDepth {
  readonly profile: string;
  readonly tier: Tier;
  readonly waiting: number;
  readonly prioritized: number;
  readonly delayed: number;
  readonly active: number;
  readonly backlog: number;
}

/** Every queue in numbers, for metrics. */
export interface QueueNumbers {
  readonly jobs: readonly {
    readonly profile: string;
    readonly tier: Tier;
    readonly priority: Priority;
    readonly state: 'waiting' | 'delayed' | 'active';
    readonly count: number;
  }[];
  /** seconds that the oldest queued job of each queue has been waiting; 0 when none waits */
  readonly oldest: readonly { readonly profile: string; readonly tier: Tier; readonly seconds: number }[];
}

/** What a worker holds while it renders one job. Every method but `signal` is conditional on the fence. */
export interface Claim {
  readonly record: JobRecord;
  /** Aborts when the job was canceled, given to another worker, or the lock could not be kept. The reason is a ClaimLost. */
  readonly signal: AbortSignal;
  progress(progress: Progress): Promise<void>;
  log(level: LogLine['level'], message: string): Promise<void>;
  checkpoint(key: string): Promise<boolean>;
  /** Active to succeeded; false when the fence is stale and nothing was published. */
  succeed(result: { output: JobOutput; metrics: JobMetrics; upsampledPrompt?: string }): Promise<boolean>;
  /** Active to failed, or back to queued when `retry`; a worker that failed it is not given it again. */
  fail(
    error: JobError,
    options: { retry: boolean; countAttempt: boolean; delayMs?: number },
  ): Promise<JobStatus | 'stale'>;
  /** Active back to queued, at once, with no attempt counted. */
  handBack(reason: string): Promise<void>;
  /** Leaves a claim that was lost: nothing is moved, and the queue is made to agree with the record. */
  abandon(): Promise<void>;
  /** Stops renewing the lock without touching anything (a crash does the same). */
  release(): void;
}
