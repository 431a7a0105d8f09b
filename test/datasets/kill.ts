import { listAll, type ObjectStore } from '@worldfarm/storage';
import { until } from '@worldfarm/test-support';
import { chance } from '../chaos/chance.ts';
import { type DatasetFarm, startDatasetFarm } from './farm.ts';
import { faultsOf } from './verify.ts';

export interface KillPlan {
  readonly clips: number;
  readonly kills: number;
  readonly profile: string;
  readonly layout: 'folder' | 'webdataset' | 'lerobot';
  /** of the moments at which everything is killed */
  readonly seed: number;
  readonly storage?: 'folder' | 's3';
  readonly say?: (line: string) => void;
}

export interface KillReport {
  /** clips that were in the dataset at each kill */
  readonly killedAt: readonly number[];
  readonly seconds: number;
  /** everything that is wrong with the dataset at the end */
  readonly faults: readonly string[];
  /** jobs that were rendered to their end */
  readonly rendered: number;
  /** seconds that the same spec took when it was asked for again, and what it rendered */
  readonly again: { readonly seconds: number; readonly renders: number };
}

const SHAPES = ['circle', 'square', 'triangle'];
const COLOURS = ['red', 'green', 'blue', 'white', 'yellow'];
const LONG = 4 * 3600_000;

/**
 * Renders a batch while the whole farm (gateway, worker, batcher, Redis) is killed (-9) at random moments, and looks
 * at what has become of it.
 */
export async function renderUnderFire({
  clips,
  kills,
  profile,
  layout,
  seed,
  storage = 'folder',
  say = () => {},
}: KillPlan): Promise<KillReport> {
  const farm = await startDatasetFarm({
    profile,
    storage,
    environment: { WORLDFARM_BATCH_PUBLISH_MS: '1000', WORLDFARM_BATCH_KEEP_JOBS: String(clips) },
  });
  const began = Date.now();
  try {
    const spec = {
      name: 'under-fire',
      source: {
        grid: {
          template: {
            prompt: 'a {colour} {shape} moves right on a black background',
            seed: '{seed}',
            resolution: '256',
            num_output_frames: 25,
            steps: 2,
          },
          axes: { seed: { seeds: Math.ceil(clips / 15) }, colour: COLOURS, shape: SHAPES },
          sample: clips,
        },
      },
      output: { layout, shard_bytes: 200_000 },
      max_active: 32,
    };
    const { id, output } = await farm.client.create(spec);
    const killedAt: number[] = [];
    for (const at of momentsOf(clips, kills, seed)) {
      const seen = await until(
        `${at} clips`,
        async () => {
          const { rows } = await farm.farm.batches.counts(id);
          return rows.done + rows.staged >= at && rows.done + rows.staged + 1;
        },
        LONG,
      );
      await farm.kill();
      killedAt.push(seen - 1);
      say(`everything killed at ${seen - 1} of ${clips} clips, ${secondsSince(began)} s after the start`);
      await farm.start();
    }
    const done = await farm.client.wait(id, { signal: AbortSignal.timeout(LONG) });
    say(`${done.status} ${secondsSince(began)} s after the start; looking at every clip`);
    const { faults } = await faultsOf(farm.objects, output.prefix, clips);
    if (done.status !== 'completed' || done.counts.succeeded !== clips) {
      faults.push(`the batch ${done.status} with ${JSON.stringify(done.counts)}`);
    }
    if (layout !== 'webdataset') {
      const videos = await videosUnder(farm.objects, output.prefix);
      if (videos !== clips) faults.push(`${videos} video files, not ${clips}`);
    }
    const seconds = (Date.now() - began) / 1000;
    const rendered = await renders(farm.farm);
    const second = Date.now();
    const again = await farm.client.create(spec);
    await farm.client.wait(again.id, { pollMs: 50, signal: AbortSignal.timeout(LONG) });
    return {
      killedAt,
      seconds,
      faults,
      rendered,
      again: { seconds: (Date.now() - second) / 1000, renders: (await renders(farm.farm)) - rendered },
    };
  } finally {
    await farm.stop();
  }
}

const secondsSince = (moment: number) => Math.round((Date.now() - moment) / 1000);

async function videosUnder(store: ObjectStore, prefix: string): Promise<number> {
  let count = 0;
  for await (const { key } of listAll(store, prefix)) if (key.endsWith('.mp4')) count++;
  return count;
}

async function renders({ jobs }: DatasetFarm['farm']): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await jobs.list({ status: 'succeeded' }, { limit: 1000, cursor });
    count += page.records.length;
    cursor = page.next;
  } while (cursor);
  return count;
}

/** So many different counts of clips below the last one, in order; the same for one seed. */
function momentsOf(clips: number, kills: number, seed: number): number[] {
  const { next } = chance(seed);
  const found = new Set<number>();
  while (found.size < Math.min(kills, clips - 1)) found.add(Math.floor(next() * (clips - 1)));
  return [...found].sort((a, b) => a - b);
}
