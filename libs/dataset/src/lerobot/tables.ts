import type { Column } from '../parquet/columns.ts';
import { placeOf, VIDEO_KEY } from './paths.ts';

/** A clip as an episode. Episodes are numbered without gaps. */
export interface Episode {
  readonly ordinal: number;
  readonly split: string;
  /** of its video: numbers of files may have gaps, those of episodes may not */
  readonly file: number;
  /** frames */
  readonly length: number;
  readonly fps: number;
  readonly task: string;
  readonly taskIndex: number;
  /** number of its first frame in the whole dataset */
  readonly from: number;
}

/** One frame of an episode. */
export interface Frame {
  readonly episode: Episode;
  readonly index: number;
}

const TABLE = { chunk: 0, file: 0 };

export const EPISODE_COLUMNS: readonly Column<Episode>[] = [
  { name: 'episode_index', type: 'long', of: ({ ordinal }) => ordinal },
  { name: 'tasks', type: 'texts', of: ({ task }) => [task] },
  { name: 'length', type: 'long', of: ({ length }) => length },
  { name: 'data/chunk_index', type: 'long', of: () => TABLE.chunk },
  { name: 'data/file_index', type: 'long', of: () => TABLE.file },
  { name: 'dataset_from_index', type: 'long', of: ({ from }) => from },
  { name: 'dataset_to_index', type: 'long', of: ({ from, length }) => from + length },
  { name: `videos/${VIDEO_KEY}/chunk_index`, type: 'long', of: ({ file }) => placeOf(file).chunk },
  { name: `videos/${VIDEO_KEY}/file_index`, type: 'long', of: ({ file }) => placeOf(file).file },
  { name: `videos/${VIDEO_KEY}/from_timestamp`, type: 'double', of: () => 0 },
  { name: `videos/${VIDEO_KEY}/to_timestamp`, type: 'double', of: ({ length, fps }) => length / fps },
  { name: 'meta/episodes/chunk_index', type: 'long', of: () => TABLE.chunk },
  { name: 'meta/episodes/file_index', type: 'long', of: () => TABLE.file },
];

export const FRAME_COLUMNS: readonly Column<Frame>[] = [
  { name: 'timestamp', type: 'float', of: ({ index, episode }) => index / episode.fps },
  { name: 'frame_index', type: 'long', of: ({ index }) => index },
  { name: 'episode_index', type: 'long', of: ({ episode }) => episode.ordinal },
  { name: 'index', type: 'long', of: ({ index, episode }) => episode.from + index },
  { name: 'task_index', type: 'long', of: ({ episode }) => episode.taskIndex },
];

export interface Task {
  readonly task: string;
  readonly index: number;
}

export const TASK_COLUMNS: readonly Column<Task>[] = [
  { name: 'task_index', type: 'long', of: ({ index }) => index },
  { name: 'task', type: 'text', of: ({ task }) => task },
];

/** Tells pandas that the task's text is the table's index: readers look tasks up by it. */
export const TASK_METADATA = {
  pandas: JSON.stringify({
    index_columns: ['task'],
    column_indexes: [
      { name: null, field_name: null, pandas_type: 'unicode', numpy_type: 'object', metadata: null },
    ],
    columns: [
      {
        name: 'task_index',
        field_name: 'task_index',
        pandas_type: 'int64',
        numpy_type: 'int64',
        metadata: null,
      },
      { name: 'task', field_name: 'task', pandas_type: 'unicode', numpy_type: 'object', metadata: null },
    ],
    creator: { library: 'worldfarm', version: '0.1.0' },
    pandas_version: '2.2.0',
  }),
};

/** Clips in the order given as episodes, with their tasks. Equal prompts are one task. */
export function episodesOf(
  clips: readonly { file: number; split: string; frames: number; fps: number; prompt: string }[],
): {
  episodes: Episode[];
  tasks: Task[];
} {
  const tasks = new Map<string, number>();
  let from = 0;
  const episodes = clips.map(({ file, split, frames, fps, prompt }, ordinal) => {
    if (!tasks.has(prompt)) tasks.set(prompt, tasks.size);
    const episode = {
      ordinal,
      split,
      file,
      length: frames,
      fps,
      task: prompt,
      taskIndex: tasks.get(prompt)!,
      from,
    };
    from += frames;
    return episode;
  });
  return { episodes, tasks: [...tasks].map(([task, index]) => ({ task, index })) };
}

export function* framesOf(episodes: Iterable<Episode>): Generator<Frame> {
  for (const episode of episodes)
    for (let index = 0; index < episode.length; index++) yield { episode, index };
}
