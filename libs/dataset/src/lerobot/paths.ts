/** Files of a LeRobot v3 folder: at most 1000 in each chunk (format: huggingface/lerobot, dataset v3.0). */
export const CHUNK_SIZE = 1000;
export const VIDEO_KEY = 'observation.images.main';

export const DATA_PATH = 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet';
export const VIDEO_PATH = 'videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4';

/** Which chunk and which file of it an episode's video is: one file for each episode. */
export function placeOf(ordinal: number): { chunk: number; file: number } {
  return { chunk: Math.floor(ordinal / CHUNK_SIZE), file: ordinal % CHUNK_SIZE };
}

const three = (value: number) => String(value).padStart(3, '0');

export function videoPath(ordinal: number): string {
  const { chunk, file } = placeOf(ordinal);
  return `videos/${VIDEO_KEY}/chunk-${three(chunk)}/file-${three(file)}.mp4`;
}

/** The episode that a path of {@link videoPath} holds. */
export function ordinalOf(path: string): number {
  const [, chunk, file] = /chunk-(\d+)\/file-(\d+)\.mp4$/.exec(path) ?? [];
  return Number(chunk) * CHUNK_SIZE + Number(file);
}
