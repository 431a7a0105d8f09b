import type { Tier } from '@worldfarm/core';
import type { Logger } from '@worldfarm/service';
import type { Engine, EngineFault } from './engines/engine.ts';

/** The engines of one worker, by profile. */
export interface EngineRack {
  /** @throws when the engine cannot be opened */
  load(profile: string): Promise<Engine>;
  get(profile: string): Engine;
  all(): readonly Engine[];
  /** The tiers of a profile that this worker takes. */
  tiersOf(engine: Engine): readonly Tier[];
  /**
   * Opens an engine anew after a fault.
   * @throws WorkerBroken when only a new process can help
   */
  reopen(profile: string, fault: EngineFault): Promise<void>;
  /** A render succeeded: the engine is sound. */
  sound(): void;
  close(): Promise<void>;
}

/** The process must end and be started again by its supervisor. */
export class WorkerBroken extends Error {
  override readonly name = 'WorkerBroken';
}

/** A stuck device can keep an engine's thread from ending. */
const CLOSE_MS = 10_000;

export function openRack(
  open: (profile: string) => Promise<Engine>,
  tiers: readonly Tier[],
  logger: Logger,
): EngineRack {
  const engines = new Map<string, Engine>();
  let faults = 0;

  async function load(profile: string): Promise<Engine> {
    const engine = await open(profile);
    engines.set(profile, engine);
    return engine;
  }

  return {
    load,
    get: (profile) => engines.get(profile)!,
    all: () => [...engines.values()],
    tiersOf: ({ profile }) => profile.tiers.filter((tier) => tiers.includes(tier)),
    sound: () => {
      faults = 0;
    },
    async reopen(profile, fault) {
      faults++;
      logger.warn({ profile, fault: fault.kind, faults }, 'opening the engine anew');
      // A device that fails twice without a render between keeps its fault in this process.
      if (faults > 1) throw new WorkerBroken(`${faults} faults without a render between: ${fault.message}`);
      const closed = await within(engines.get(profile)!.close(), CLOSE_MS);
      if (!closed) throw new WorkerBroken('the engine could not be closed');
      await load(profile).catch((cause: unknown) => {
        throw new WorkerBroken('the engine could not be opened again', { cause });
      });
    },
    async close() {
      await Promise.all([...engines.values()].map((engine) => within(engine.close(), CLOSE_MS)));
    },
  };
}

/** False when the work did not settle in time. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([
      work.then(
        () => true,
        () => true,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
