import { CHUNK_SIZE, DATA_PATH, VIDEO_KEY, VIDEO_PATH } from './paths.ts';
import type { PixelStatistics } from './pixels.ts';
import type { Episode, Task } from './tables.ts';

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: string;
}

/** `meta/info.json` of a LeRobot v3 dataset with one camera and no robot. */
export function lerobotInfo(episodes: readonly Episode[], tasks: readonly Task[], shape: Shape) {
  const number = (dtype: string) => ({ dtype, shape: [1], names: null });
  return {
    codebase_version: 'v3.0',
    robot_type: null,
    total_episodes: episodes.length,
    total_frames: episodes.reduce((sum, { length }) => sum + length, 0),
    total_tasks: tasks.length,
    chunks_size: CHUNK_SIZE,
    data_files_size_in_mb: 100,
    video_files_size_in_mb: 200,
    fps: Math.round(shape.fps),
    splits: splitsOf(episodes),
    data_path: DATA_PATH,
    video_path: VIDEO_PATH,
    features: {
      [VIDEO_KEY]: {
        dtype: 'video',
        shape: [shape.height, shape.width, 3],
        names: ['height', 'width', 'channels'],
        info: {
          'video.height': shape.height,
          'video.width': shape.width,
          'video.codec': shape.codec,
          'video.pix_fmt': 'yuv420p',
          'video.is_depth_map': false,
          'video.fps': Math.round(shape.fps),
          'video.channels': 3,
          has_audio: false,
        },
      },
      timestamp: number('float32'),
      frame_index: number('int64'),
      episode_index: number('int64'),
      index: number('int64'),
      task_index: number('int64'),
    },
  };
}

/** Episodes of a split follow one another: `{train: '0:8', test: '8:10'}`. */
function splitsOf(episodes: readonly Episode[]): Record<string, string> {
  const splits: Record<string, string> = {};
  for (const [split, own] of Map.groupBy(episodes, (episode) => episode.split))
    splits[split] = `${own[0]!.ordinal}:${own.at(-1)!.ordinal + 1}`;
  return splits;
}

/**
 * `meta/stats.json`: of the columns that are numbers, and of the camera where some of its frames were looked at.
 * Counts are enough to know min, max and mean of the former.
 */
export function lerobotStats(episodes: readonly Episode[], camera?: PixelStatistics) {
  const total = episodes.reduce((sum, { length }) => sum + length, 0);
  const over = (value: (episode: Episode, frame: number) => number) => {
    let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0];
    for (const episode of episodes) {
      for (let frame = 0; frame < episode.length; frame++) {
        const x = value(episode, frame);
        min = Math.min(min, x);
        max = Math.max(max, x);
        sum += x;
        squares += x * x;
      }
    }
    const mean = total ? sum / total : 0;
    const std = total ? Math.sqrt(Math.max(0, squares / total - mean * mean)) : 0;
    return { min: [total ? min : 0], max: [total ? max : 0], mean: [mean], std: [std], count: [total] };
  };
  return {
    ...(camera && { [VIDEO_KEY]: camera }),
    timestamp: over(({ fps }, frame) => frame / fps),
    frame_index: over((_, frame) => frame),
    episode_index: over(({ ordinal }) => ordinal),
    index: over(({ from }, frame) => from + frame),
    task_index: over(({ taskIndex }) => taskIndex),
  };
}
