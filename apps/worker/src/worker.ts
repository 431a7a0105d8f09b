import { setTimeout as wait } from 'node:timers/promises';
import { type Claim, ClaimLost, type Farm, type Lane, type WorkerInfo } from '@worldfarm/queue';
import type { Logger } from '@worldfarm/service';
import type { WorkerConfig } from './config.ts';
import { openRack } from './engine-rack.ts';
import type { Engine } from './engines/engine.ts';
import { prefetchNext } from './prefetch.ts';
import { type Ending, type RunDeps, runJob } from './run-job.ts';
import { Draining } from './stages/drain.ts';
import { classify } from './stages/failures.ts';
import { openStreak } from './streak.ts';

/** Bigger tiers first; none starves. */
const TIER_WEIGHT = { '256': 1, '480': 2, '720': 4 } as const;
const BEAT_MS = 5_000;
const BEAT_GAP_MS = 100;
/** A worker that missed this many beats is gone. */
const BEATS_TO_LIVE = 3;

export interface WorkerDeps extends Omit<RunDeps, 'worker' | 'limits' | 'drain'> {
  readonly config: WorkerConfig;
  readonly farm: Farm;
  readonly logger: Logger;
  readonly version: string;
  /** opens the engine of one of the configured profiles */
  readonly openEngine: (profile: string, signal: AbortSignal) => Promise<Engine>;
  readonly onStatus?: (info: WorkerInfo) => void;
}

/** One lane: it loads its engines, pulls jobs until it is drained, and tells the farm how it is. */
export interface LaneWorker {
  /** Loads the engines and works until drained. @throws when an engine cannot be loaded, or must not be used any more */
  run(): Promise<void>;
  /** Takes no new job; finishes what fits the grace period, hands back the rest, with a checkpoint. */
  drain(reason: string): Promise<void>;
  info(): WorkerInfo;
}

export function createWorker(deps: WorkerDeps): LaneWorker {
  const { config, farm, logger, signals } = deps;
  const streak = openStreak(config.blockAfter);
  const publishing = new Set<Promise<void>>();
  const noMore = new AbortController();
  const rack = openRack((profile) => deps.openEngine(profile, noMore.signal), config.tiers, logger);
  const ended = Promise.withResolvers<void>();
  let graceEnds = Number.POSITIVE_INFINITY;
  const state = {
    status: 'starting' as WorkerInfo['status'],
    job: undefined as string | undefined,
    message: undefined as string | undefined,
    jobsDone: 0,
    jobsFailed: 0,
    lastThumbnail: undefined as string | undefined,
    startedAt: Date.now(),
  };
  const runDeps: RunDeps = {
    ...deps,
    worker: config,
    limits: config.limits,
    drain: { signal: noMore.signal, deadline: () => graceEnds },
  };

  const info = (): WorkerInfo => ({
    id: config.id,
    host: config.host,
    device: config.device,
    engine: [...new Set(rack.all().map(({ profile }) => profile.engine))].join(','),
    profiles: rack.all().map(({ profile }) => profile.id),
    tiers: [...new Set(rack.all().flatMap(rack.tiersOf))],
    version: deps.version,
    seenAt: Date.now(),
    ...state,
  });

  const beatMs = Math.min(BEAT_MS, config.lockMs / BEATS_TO_LIVE);
  const ttlSeconds = Math.max(1, Math.ceil((BEATS_TO_LIVE * beatMs) / 1000));
  let news = false;
  let beating: Promise<void> | undefined;
  const tell = async () => {
    while (news) {
      news = false;
      const wish = await farm.workers.beat(info(), ttlSeconds).catch(() => undefined);
      if (wish?.drain) void drain('drained by request');
      // Jobs of milliseconds would beat at every turn.
      if (state.status !== 'stopped') await wait(BEAT_GAP_MS, undefined, { ref: false });
    }
    beating = undefined;
  };
  /** One at a time: while Redis is away they would pile up. */
  const beat = (): Promise<void> => {
    news = true;
    beating ??= tell();
    return beating;
  };
  const become = (status: WorkerInfo['status'], job?: string) => {
    if (state.status === 'draining' && status !== 'stopped') return;
    state.status = status;
    state.job = job;
    deps.onStatus?.(info());
    void beat();
  };

  function openLane(): Lane {
    const queues = rack
      .all()
      .flatMap((engine) =>
        rack.tiersOf(engine).map((tier) => ({ profile: engine.profile.id, tier, weight: TIER_WEIGHT[tier] })),
      );
    return farm.openLane({ worker: config.id, queues, lockMs: config.lockMs, stalledMs: config.stalledMs });
  }

  /** Renders one job; returns when the lane is free, while encode and upload may go on. */
  async function work(claim: Claim): Promise<void> {
    const { spec, attempt, fence } = claim.record;
    const log = logger.child({ job: spec.id, attempt, fence, ...signals.begin(claim.record) });
    become('busy', spec.id);
    log.info({ profile: spec.profile, tier: spec.tier, mode: spec.mode }, 'job started');
    const job = runJob(claim, rack.get(spec.profile), runDeps);
    const tracked: Promise<void> = job.ended
      .then((ending) => conclude(claim, ending, log))
      .catch((error: unknown) => log.error({ err: error }, 'the end of the job was not recorded'))
      .finally(() => publishing.delete(tracked));
    publishing.add(tracked);
    const rendered = await job.rendered;
    if (!rendered) {
      await tracked;
      const ending = await job.ended;
      if (ending.kind === 'failed' && ending.engineGone) {
        become('starting');
        await rack.reopen(spec.profile, ending.engineGone);
      }
    }
    if (publishing.size >= config.maxPublishing) await Promise.race(publishing);
  }

  async function conclude(claim: Claim, ending: Ending, log: Logger): Promise<void> {
    const { record } = claim;
    if (ending.kind === 'fenced') {
      signals.attempt(record, 'fenced');
      return log.warn('a stale fence: nothing was published');
    }
    if (ending.kind === 'failed') return failed(claim, ending.error, log);
    signals.attempt(record, 'succeeded');
    state.jobsDone++;
    streak.succeeded();
    rack.sound();
    state.lastThumbnail = ending.output.thumbnail?.key ?? state.lastThumbnail;
    log.info({ ...ending.metrics }, 'job succeeded');
  }

  async function failed(claim: Claim, error: unknown, log: Logger): Promise<void> {
    const { record } = claim;
    if (error instanceof ClaimLost) {
      signals.attempt(record, 'left');
      log.info({ reason: error.reason }, 'job left');
      return claim.abandon();
    }
    if (error instanceof Draining) {
      signals.attempt(record, 'handed_back');
      await claim.handBack(error.message);
      return log.info('job handed back');
    }
    const verdict = classify(error);
    log.error({ err: error, type: verdict.error.type }, 'job failed');
    state.jobsFailed++;
    if (verdict.retry && verdict.countAttempt) {
      streak.failed(
        record.spec.id,
        record.failures.some(({ worker }) => worker !== config.id),
      );
    }
    await claim.log('error', verdict.error.message);
    const status = await claim.fail(verdict.error, verdict);
    signals.attempt(
      record,
      status === 'queued' ? 'retried' : status === 'stale' ? 'fenced' : 'failed',
      error,
    );
  }

  /** A worker that fails everything keeps its hands off the jobs, and says so until somebody looks. */
  async function blockUntilDrained(failures: number): Promise<void> {
    state.message = `${failures} jobs in a row failed here that had not failed elsewhere: restart or drain this worker`;
    logger.error({ failures }, state.message);
    become('blocked');
    if (noMore.signal.aborted) return;
    await new Promise((resolve) => noMore.signal.addEventListener('abort', resolve, { once: true }));
  }

  async function pullAndWork(lane: Lane): Promise<void> {
    while (!noMore.signal.aborted) {
      const failures = streak.tooMany();
      if (failures) return blockUntilDrained(failures);
      const claim = await lane.next(noMore.signal).catch((error: unknown) => {
        if (noMore.signal.aborted) return undefined;
        throw error;
      });
      if (!claim) return;
      // The drain may have come while the job was on its way.
      if (noMore.signal.aborted) return claim.handBack(String(noMore.signal.reason));
      const stopPrefetch = prefetchNext(lane, farm.jobs, deps.inputs);
      await work(claim).finally(stopPrefetch);
      become('ready');
    }
  }

  async function run(): Promise<void> {
    const heart = setInterval(beat, beatMs);
    let lane: Lane | undefined;
    let offDrain = () => {};
    try {
      // A process before this one may have died under the same name; nobody has to wait for its locks.
      await farm.reclaim(config.id);
      await beat();
      for (const profile of config.profiles ?? []) {
        const engine = await rack.load(profile);
        await farm.profiles.announce(engine.profile);
      }
      offDrain = farm.onDrain(config.id, () => void drain('drained by request'));
      lane = openLane();
      become('ready');
      signals.ready();
      logger.info({ profiles: info().profiles, tiers: info().tiers }, 'ready');
      await pullAndWork(lane);
    } catch (error) {
      // A drain ends the wait for a model server; that is no failure.
      if (error !== noMore.signal.reason) throw error;
    } finally {
      await Promise.all(publishing);
      offDrain();
      clearInterval(heart);
      await lane?.close();
      await rack.close();
      become('stopped');
      await beating;
      await farm.workers.leave(config.id).catch(() => {});
      ended.resolve();
    }
  }

  async function drain(reason: string): Promise<void> {
    if (!noMore.signal.aborted) {
      logger.info({ reason, graceSeconds: config.graceSeconds }, 'draining');
      become('draining', state.job);
      graceEnds = Date.now() + config.graceSeconds * 1000;
      noMore.abort(new Draining(reason));
    }
    await ended.promise;
  }

  return { run, drain, info };
}
