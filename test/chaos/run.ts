import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Farm, openFarm } from '@worldfarm/queue';
import { openRaw } from '@worldfarm/queue/testing';
import { openStore } from '@worldfarm/storage';
import { freePort, startRedis, until } from '@worldfarm/test-support';
import { type ActionName, wreck } from './actions.ts';
import { chance } from './chance.ts';
import { writeNullProfile } from './null-profile.ts';
import { type Supervised, supervise } from './processes.ts';
import { startStorage } from './storage.ts';
import { type Accepted, submitAll } from './submit.ts';
import { type Broken, findBroken, findForeign, readMoves } from './verify.ts';

export interface ChaosOptions {
  readonly jobs: number;
  readonly workers: number;
  readonly gateways: number;
  readonly seed: number;
  /** from one blow to the next */
  readonly everyMs: number;
  /** pace of the null engine, 4 steps a job */
  readonly stepMs: number;
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly accepted: readonly Accepted[];
  readonly broken: Broken;
  readonly actions: Record<ActionName, number>;
  /** what happened on the way, for the reader */
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const PREFIX = '{chaos}';
/** Short, so that a paused or killed worker is replaced within a test's time. */
const LOCK_MS = 2_000;
/** Nothing has ended for this long: it is stuck, and the report will say what. */
const STUCK_MS = 180_000;
/** What is orphaned now, the reconciler's next sweeps find. */
const SWEEP_MS = 60_000;
/** Jobs of one sweep's every second: each sweep lists the whole store. */
const JOBS_PER_SWEEP_SECOND = 500;
const LEAST_SWEEP_SECONDS = 2;
/** The wrecking ends when this share of the jobs is left, so that the end can be waited for. */
const QUIET_SHARE = 0.05;
const START_MS = 180_000;
const LOOK_MS = 500;
const SAID_EVERY = 500;

/** Runs a farm of real processes, wrecks it while jobs come in, lets it settle, and looks what is broken. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const began = Date.now();
  const sweepSeconds = Math.max(LEAST_SWEEP_SECONDS, Math.ceil(options.jobs / JOBS_PER_SWEEP_SECOND));
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-chaos-'));
  // With `everysec` a kill can lose the writes of up to two seconds while an fsync is on its way; a job that was
  // accepted then would be gone. `always` is what "accepted" means here, and what a production farm should set.
  const redis = await startRedis({ appendfsync: 'always' });
  const storage = await startStorage();
  Object.assign(process.env, storage.credentials);
  const processes: Supervised[] = [];
  try {
    const profiles = join(folder, 'profiles');
    await writeNullProfile(profiles, options.stepMs);
    const environment = {
      ...storage.credentials,
      REDIS_URL: redis.url,
      WORLDFARM_REDIS_PREFIX: PREFIX,
      WORLDFARM_STORE: storage.url,
      WORLDFARM_PROFILES: profiles,
      WORLDFARM_DATA: folder,
      WORLDFARM_LOCK_MS: `${LOCK_MS}`,
      WORLDFARM_STALLED_MS: '1000',
      WORLDFARM_RECONCILE_SECONDS: '1',
      WORLDFARM_SWEEP_SECONDS: `${sweepSeconds}`,
      WORLDFARM_ORPHAN_GRACE_SECONDS: '0',
      WORLDFARM_SCRATCH: folder,
      NIM_LOG_LEVEL: 'info',
    };
    const start = (name: string, program: string, ready: RegExp, more: Record<string, string>) => {
      const log = join(folder, `${name}.log`);
      const part = supervise({ name, program, ready, log, environment: { ...environment, ...more } });
      processes.push(part);
      return part;
    };
    const urls: string[] = [];
    const gateways: Supervised[] = [];
    for (let n = 0; n < options.gateways; n++) {
      const port = await freePort();
      urls.push(`http://127.0.0.1:${port}`);
      const more = { NIM_HTTP_API_PORT: `${port}` };
      gateways.push(start(`gateway${n}`, 'apps/gateway/src/main.ts', /: listening/, more));
    }
    const workers: Supervised[] = [];
    for (let n = 0; n < options.workers; n++) {
      // Every second one keeps its name over restarts, as a stateful set does.
      const name: Record<string, string> = n % 2 ? { WORLDFARM_WORKER_ID: `worker${n}` } : {};
      workers.push(
        start(`worker${n}`, 'apps/worker/src/main.ts', /: ready/, {
          WORLDFARM_WORKER_PROFILES: 'null',
          ...name,
        }),
      );
    }
    // Somebody who wants every event: so the outbox keeps each move, and a second success would show.
    const raw = openRaw(redis.url);
    await raw.hset(`${PREFIX}:endpoints`, 'chaos', '{}');
    raw.disconnect();
    await until('the farm to be up', () => processes.every((part) => part.isUp()), START_MS);
    options.say(`${options.gateways} gateways and ${options.workers} workers are up`);

    const farm = openFarm({ url: redis.url, prefix: PREFIX, patience: 'wait' });
    const store = await openStore(storage.url);
    const backlog = watchBacklog(farm, options.say);
    try {
      let refused = 0;
      let submitted = false;
      const quiet = options.jobs * QUIET_SHARE;
      const isOver = () => submitted && (backlog.left() <= quiet || backlog.isStuck());
      const targets = { workers, gateways, redis, storage, lockMs: LOCK_MS };
      const wrecking = wreck(targets, chance(options.seed), { everyMs: options.everyMs, isOver });
      const accepted = await submitAll({
        urls,
        profile: 'null',
        jobs: options.jobs,
        parallel: 8,
        onRefused: () => refused++,
      });
      submitted = true;
      options.say(`${accepted.length} jobs accepted, ${refused} calls had to be repeated`);
      const actions = await wrecking;
      options.say('the wrecking is over; waiting for the rest');
      await backlog.settled();
      // What the last faults left behind is mended in the rounds to come: the machine may be slow.
      const look = async () => findBroken(farm, store, accepted, await readMoves(redis.url, PREFIX));
      let seen = await look();
      const sweptBy = Date.now() + SWEEP_MS + 3_000 * sweepSeconds;
      while (Object.values(seen).some((list) => list.length > 0) && Date.now() < sweptBy) {
        await wait(1_000);
        seen = await look();
      }
      const broken = { ...seen, fences: await findForeign(farm, store, accepted) };
      const moves = await readMoves(redis.url, PREFIX);
      const counts = {
        refused_calls: refused,
        refused_by_storage: storage.refused(),
        worker_starts: sum(workers),
        gateway_starts: sum(gateways),
        ...tally(moves),
        ...(await mended(folder, gateways)),
      };
      return { accepted, broken, actions, counts, seconds: (Date.now() - began) / 1000 };
    } finally {
      await backlog.close();
      store.close();
      await farm.close();
    }
  } finally {
    await Promise.all(processes.map((part) => part.stop()));
    await redis.stop();
    await storage.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many jobs are queued or active, looked at all the time. */
interface Backlog {
  /** as it was last seen, while Redis was there */
  left(): number;
  /** nothing has moved for long */
  isStuck(): boolean;
  /** Resolves when nothing is left, or nothing moves any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

function watchBacklog(farm: Farm, say: (line: string) => void): Backlog {
  const closed = new AbortController();
  let left = Number.POSITIVE_INFINITY;
  let movedAt = Date.now();
  const look = async () => {
    while (!closed.signal.aborted) {
      // Redis may be on its way back; then the next look will tell.
      const depths = await farm.depths().catch(() => undefined);
      const now = depths?.reduce((total, { backlog }) => total + backlog, 0) ?? left;
      if (now !== left) movedAt = Date.now();
      if (left < Number.POSITIVE_INFINITY && Math.floor(now / SAID_EVERY) < Math.floor(left / SAID_EVERY))
        say(`${now} jobs to go`);
      left = now;
      await wait(LOOK_MS);
    }
  };
  const looking = look();
  const isStuck = () => Date.now() - movedAt >= STUCK_MS;
  return {
    left: () => left,
    isStuck,
    async settled() {
      while (left > 0 && !isStuck()) await wait(LOOK_MS);
    },
    async close() {
      closed.abort();
      await looking;
    },
  };
}

const sum = (parts: readonly Supervised[]) => parts.reduce((total, { starts }) => total + starts(), 0);

/** How jobs went: taken over from a lost worker, handed back or tried again. */
function tally(moves: ReadonlyMap<string, readonly string[]>) {
  let takenOver = 0;
  let triedAgain = 0;
  for (const statuses of moves.values()) {
    statuses.forEach((status, at) => {
      if (status === 'active' && statuses[at - 1] === 'active') takenOver++;
      if (status === 'queued' && statuses[at - 1] === 'active') triedAgain++;
    });
  }
  return { taken_over: takenOver, tried_again: triedAgain };
}

/** What the gateways' reconcilers say they mended, from their logs. */
async function mended(folder: string, gateways: readonly Supervised[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of gateways) {
    const text = await readFile(join(folder, `${name}.log`), 'utf8');
    for (const line of text.split('\n').filter((each) => each.includes(': mended'))) {
      for (const [, kind, count] of line.matchAll(/(\w+)=(\d+)/g)) {
        counts[`mended_${kind}`] = (counts[`mended_${kind}`] ?? 0) + Number(count);
      }
    }
  }
  return counts;
}
