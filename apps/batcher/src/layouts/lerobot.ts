import { writeFile } from 'node:fs/promises';
import {
  EPISODE_COLUMNS,
  episodesOf,
  FRAME_COLUMNS,
  framesOf,
  lerobotInfo,
  lerobotStats,
  ordinalOf,
  TASK_COLUMNS,
  TASK_METADATA,
  videoPath,
  writeParquet,
} from '@worldfarm/dataset';
import { copyClip } from '../rows/clip.ts';
import type { Finished, OpenLayout } from './layout.ts';

const PARQUET = 'application/vnd.apache.parquet';

/** LeRobot v3: one video file for each episode, numbered without gaps; its tables are written from the manifest. */
export const openLerobotLayout: OpenLayout = async ({ store, signal }, prefix, results) => {
  const ordinals = new Map<number, number>();
  for await (const { row, clip } of results.clips()) ordinals.set(row, ordinalOf(clip.file));
  const used = new Set(ordinals.values());
  let lowest = 0;
  /** Numbers of clips whose result never reached storage are free again. */
  const takeNumber = (row: number): number => {
    const known = ordinals.get(row);
    if (known !== undefined) return known;
    while (used.has(lowest)) lowest++;
    used.add(lowest);
    ordinals.set(row, lowest);
    return lowest;
  };

  return {
    async place(clip) {
      const file = videoPath(takeNumber(clip.row));
      const key = `${prefix}${file}`;
      await copyClip(store, { ...clip.from, bytes: clip.bytes }, key, clip.type, signal);
      return { file, at: { key }, state: 'done' };
    },
    settled() {},
    async pack() {},
    finish: writeTables,
  };
};

async function writeTables({ rows, write }: Finished): Promise<void> {
  const clips: { ordinal: number; frames: number; fps: number; prompt: string }[] = [];
  let shape = { width: 0, height: 0, fps: 0, codec: 'h264' };
  for await (const { file, frames, fps, prompt, width, height, codec } of rows()) {
    clips.push({ ordinal: ordinalOf(file), frames, fps, prompt });
    shape = { width, height, fps, codec: codec ?? 'h264' };
  }
  clips.sort((a, b) => a.ordinal - b.ordinal);
  const { episodes, tasks } = episodesOf(clips);
  const json = (file: string, value: object) =>
    write(file, 'application/json', (path) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`));
  await json('meta/info.json', lerobotInfo(episodes, tasks, shape));
  await json('meta/stats.json', lerobotStats(episodes));
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
