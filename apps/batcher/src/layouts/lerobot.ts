import { writeFile } from 'node:fs/promises';
import type { ProvenanceRow } from '@worldfarm/core';
import {
  EPISODE_COLUMNS,
  episodesOf,
  FRAME_COLUMNS,
  framesOf,
  fileNumberOf,
  lerobotInfo,
  lerobotStats,
  type PixelStatistics,
  SCORE_FRAMES,
  SCORE_SIZE,
  startPixelStatistics,
  TASK_COLUMNS,
  TASK_METADATA,
  videoPath,
  writeParquet,
} from '@worldfarm/dataset';
import { copyClip, withClip } from '../rows/clip.ts';
import { decodeVideo } from '@worldfarm/media';
import { listAll } from '@worldfarm/storage';
import { evenly } from '../publish/evenly.ts';
import type { BatchRun } from '../run/batch-run.ts';
import { type Finished, type OpenLayout, removeRests } from './layout.ts';

/** Clips whose colours stand for all: means of a few hundred frames hardly move any more. */
const CAMERA_CLIPS = 16;
const PARQUET = 'application/vnd.apache.parquet';

/**
 * LeRobot v3: one video file for each episode; its tables are written from the manifest. Files are numbered as they
 * come, and one that is there is never written over: an older revision's clip may be a row of this one as well.
 */
export const openLerobotLayout: OpenLayout = async (run, prefix, results) => {
  const { store, signal } = run;
  const videos = `${prefix}videos/`;
  const numbers = new Map<number, number>();
  for await (const { row, clip } of results.clips()) numbers.set(row, fileNumberOf(clip.file));
  const used = new Set(numbers.values());
  for await (const { key } of listAll(store, videos, signal)) used.add(fileNumberOf(key));
  let lowest = 0;
  const takeNumber = (row: number): number => {
    while (used.has(lowest)) lowest++;
    used.add(lowest);
    numbers.set(row, lowest);
    return lowest;
  };

  return {
    async place(clip) {
      const { from } = clip;
      const own = from.key.startsWith(videos) ? fileNumberOf(from.key) : undefined;
      const file = videoPath(own ?? numbers.get(clip.row) ?? takeNumber(clip.row));
      const key = `${prefix}${file}`;
      await copyClip(store, { ...from, bytes: clip.bytes }, key, clip.type, signal);
      return { file, at: { key }, state: 'done' };
    },
    settled() {},
    pack: async () => [],
    async finish(dataset) {
      await writeTables(dataset, await cameraOf(dataset, prefix, run));
      if (!dataset.whole) return;
      const files = new Set<string>();
      for await (const { file } of dataset.rows()) files.add(`${prefix}${file}`);
      await removeRests(run, videos, (key) => files.has(key));
    },
  };
};

async function writeTables({ rows, write }: Finished, camera: PixelStatistics | undefined): Promise<void> {
  const clips: { file: number; split: string; frames: number; fps: number; prompt: string }[] = [];
  let shape = { width: 0, height: 0, fps: 0, codec: 'h264' };
  for await (const { file, split, frames, fps, prompt, width, height, codec } of rows()) {
    clips.push({ file: fileNumberOf(file), split, frames, fps, prompt });
    shape = { width, height, fps, codec: codec ?? 'h264' };
  }
  clips.sort((a, b) => compareSplits(a.split, b.split) || a.file - b.file);
  const { episodes, tasks } = episodesOf(clips);
  const json = (file: string, value: object) =>
    write(file, 'application/json', (path) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`));
  await json('meta/info.json', lerobotInfo(episodes, tasks, shape));
  await json('meta/stats.json', lerobotStats(episodes, camera));
  await write('meta/tasks.parquet', PARQUET, (path) =>
    writeParquet(path, TASK_COLUMNS, tasks, { metadata: TASK_METADATA }),
  );
  await write('meta/episodes/chunk-000/file-000.parquet', PARQUET, (path) =>
    writeParquet(path, EPISODE_COLUMNS, episodes),
  );
  await write('data/chunk-000/file-000.parquet', PARQUET, (path) =>
    writeParquet(path, FRAME_COLUMNS, framesOf(episodes), { groupRows: 100_000 }),
  );
}

/** `train` first, as everywhere; the others by name. */
function compareSplits(a: string, b: string): number {
  if (a === b) return 0;
  if (a === 'train' || b === 'train') return a === 'train' ? -1 : 1;
  return a < b ? -1 : 1;
}

/** What the camera saw in some of the clips; undefined where none can be decoded. */
async function cameraOf(
  { rows }: Finished,
  prefix: string,
  { store, scratch, signal }: BatchRun,
): Promise<PixelStatistics | undefined> {
  const some = evenly<ProvenanceRow>(CAMERA_CLIPS);
  for await (const row of rows()) some.add(row);
  const statistics = startPixelStatistics();
  for (const { file, bytes } of some.taken()) {
    const at = { key: `${prefix}${file}`, bytes };
    await withClip(at, { store, scratch }, signal, async (path) => {
      for await (const frame of decodeVideo(path, { ...SCORE_SIZE, maxFrames: SCORE_FRAMES, signal }))
        statistics.add(frame);
    });
  }
  return statistics.result();
}
