import type { Profile } from '@worldfarm/core';
import { type Claim, ClaimLost, type Farm, type Lane, type WorkerInfo } from '@worldfarm/queue';
import type { Logger } from '@worldfarm/service';
import type { WorkerConfig } from './config.ts';
import type { Engine } from './engines/engine.ts';
import { type RunDeps, runJob } from './run-job.ts';
import { classify } from './stages/failures.ts';

/** Bigger tiers first; none starves. */
const TIER_WEIGHT = { '256': 1, '480': 2, '720': 4 } as const;
const BEAT_MS = 5_000;
const BEAT_TTL_SECONDS = 20;
const PEEK = 1;

/** Why a worker stops a render that it could have finished. */
export class Draining extends Error {
  override readonly name = 'Draining';
}

export interface WorkerDeps extends Omit<RunDeps, 'worker'> {
  readonly config: WorkerConfig;
  readonly farm: Farm;
  readonly logger: Logger;
  readonly version: string;
  /** opens the engine of one of the configured profiles */
  readonly openEngine: (profile: string) => Promise<Engine>;
  readonly onStatus?: (info: WorkerInfo) => void;
}

/** One lane: it loads its engines, pulls jobs until it is drained, and tells the farm how it is. */
export interface LaneWorker {
  /** Loads the engines and works until drained. @throws when an engine cannot be loaded */
  run(): Promise<void>;
  /** Takes no new job; lets the running ones finish for the grace period, then hands them back. */
  drain(reason: string): Promise<void>;
  info(): WorkerInfo;
}

export function createWorker(deps: WorkerDeps): LaneWorker {
  const { config, farm, logger } = deps;
  const engines = new Map<string, Engine>();
  const publishing = new Set<Promise<void>>();
  const noMore = new AbortController();
  const handBack = new AbortController();
  const ended = Promise.withResolvers<void>();
  const state = {
    status: 'starting' as WorkerInfo['status'],
    job: undefined as string | undefined,
    jobsDone: 0,
    jobsFailed: 0,
    lastThumbnail: undefined as string | undefined,
    startedAt: Date.now(),
  };

  const info = (): WorkerInfo => ({
    id: config.id,
    host: config.host,
    device: config.device,
    engine: [...new Set([...engines.values()].map(({ profile }) => profile.engine))].join(','),
    profiles: [...engines.keys()],
    tiers: [...new Set([...engines.values()].flatMap(({ profile }) => tiersOf(profile)))],
    version: deps.version,
    seenAt: Date.now(),
    ...state,
  });
  const beat = () => farm.workers.beat(info(), BEAT_TTL_SECONDS).catch(() => {});
  const become = (status: WorkerInfo['status'], job?: string) => {
    if (state.status === 'draining' && status !== 'stopped') return;
    state.status = status;
    state.job = job;
    deps.onStatus?.(info());
    void beat();
  };
  const tiersOf = ({ tiers }: Profile) => tiers.filter((tier) => config.tiers.includes(tier));

  async function load(profile: string): Promise<Engine> {
    const engine = await deps.openEngine(profile);
    engines.set(profile, engine);
    await farm.profiles.announce(engine.profile);
    return engine;
  }

  function openLane(): Lane {
    const queues = [...engines.values()].flatMap(({ profile }) =>
      tiersOf(profile).map((tier) => ({ profile: profile.id, tier, weight: TIER_WEIGHT[tier] })),
    );
    return farm.openLane({ worker: config.id, queues, lockMs: config.lockMs, stalledMs: config.stalledMs });
  }

  /** Renders one job; returns when the lane is free, while encode and upload may go on. */
  async function work(claim: Claim): Promise<void> {
    const { spec, attempt, fence } = claim.record;
    const log = logger.child({ job: spec.id, attempt, fence });
    const engine = engines.get(spec.profile)!;
    become('busy', spec.id);
    log.info({ profile: spec.profile, tier: spec.tier, mode: spec.mode }, 'job started');
    const job = runJob(claim, engine, { ...deps, worker: config }, handBack.signal);
    const settled = job.published.then(
      async (published) => {
        if (published) await succeeded(claim, log);
        else log.warn('a stale fence: nothing was published');
      },
      (error: unknown) => failed(claim, error, log),
    );
    const tracked: Promise<void> = settled
      .catch((error: unknown) => log.error({ err: error }, 'the end of the job was not recorded'))
      .finally(() => publishing.delete(tracked));
    publishing.add(tracked);
    await job.rendered;
    if (publishing.size >= config.maxPublishing) await Promise.race(publishing);
  }

  async function succeeded(claim: Claim, log: Logger): Promise<void> {
    state.jobsDone++;
    const record = await farm.jobs.get(claim.record.spec.id);
    state.lastThumbnail = record?.output?.thumbnail?.key ?? state.lastThumbnail;
    log.info({ ...record?.metrics }, 'job succeeded');
  }

  async function failed(claim: Claim, error: unknown, log: Logger): Promise<void> {
    claim.release();
    if (error instanceof ClaimLost) return log.info({ reason: error.reason }, 'job left');
    if (error instanceof Draining) {
      await claim.handBack(error.message);
      return log.info('job handed back');
    }
    const verdict = classify(error);
    log.error({ err: error, type: verdict.error.type }, 'job failed');
    state.jobsFailed++;
    await claim.log('error', verdict.error.message);
    await claim.fail(verdict.error, verdict);
    if (verdict.reopenEngine) await reopen(claim.record.spec.profile);
  }

  async function reopen(profile: string): Promise<void> {
    become('starting');
    await engines
      .get(profile)
      ?.close()
      .catch(() => {});
    await load(profile);
  }

  /** Inputs of the job that is likely to be next are fetched while this one renders; nobody claims it yet. */
  async function prefetch(lane: Lane): Promise<void> {
    for (const id of await lane.peek(PEEK)) {
      const record = await farm.jobs.get(id).catch(() => undefined);
      if (record) await deps.inputs.prefetch(record.spec.plan, noMore.signal);
    }
  }

  async function run(): Promise<void> {
    const heart = setInterval(beat, BEAT_MS);
    await beat();
    let lane: Lane | undefined;
    try {
      for (const profile of config.profiles ?? []) await load(profile);
      const offDrain = farm.onDrain(config.id, () => void drain('drained by request'));
      lane = openLane();
      become('ready');
      logger.info({ profiles: [...engines.keys()], tiers: info().tiers }, 'ready');
      while (!noMore.signal.aborted) {
        const claim = await lane.next(noMore.signal).catch((error: unknown) => {
          if (noMore.signal.aborted) return undefined;
          throw error;
        });
        if (!claim) break;
        const fetched = prefetch(lane).catch(() => {});
        await work(claim);
        await fetched;
        become('ready');
      }
      offDrain();
      await Promise.all(publishing);
    } finally {
      clearInterval(heart);
      await lane?.close();
      await Promise.all([...engines.values()].map((engine) => engine.close().catch(() => {})));
      become('stopped');
      await farm.workers.leave(config.id).catch(() => {});
      ended.resolve();
    }
  }

  async function drain(reason: string): Promise<void> {
    if (!noMore.signal.aborted) {
      logger.info({ reason, graceSeconds: config.graceSeconds }, 'draining');
      become('draining', state.job);
      noMore.abort(new Draining(reason));
      const grace = setTimeout(() => handBack.abort(new Draining(reason)), config.graceSeconds * 1000);
      void ended.promise.then(() => clearTimeout(grace));
    }
    await ended.promise;
  }

  return { run, drain, info };
}
