/** Files of a LeRobot v3 folder: at most 1000 in each chunk (format: huggingface/lerobot, dataset v3.0). */
export const CHUNK_SIZE = 1000;
export const VIDEO_KEY = 'observation.images.main';

export const DATA_PATH = 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet';
export const VIDEO_PATH = 'videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4';

/** Which chunk, and which file of it, a video of that number is. Every episode has a file of its own. */
export function placeOf(number: number): { chunk: number; file: number } {
  return { chunk: Math.floor(number / CHUNK_SIZE), file: number % CHUNK_SIZE };
}

const three = (value: number) => String(value).padStart(3, '0');

export function videoPath(number: number): string {
  const { chunk, file } = placeOf(number);
  return `videos/${VIDEO_KEY}/chunk-${three(chunk)}/file-${three(file)}.mp4`;
}

/** The number of a path of {@link videoPath}. */
export function fileNumberOf(path: string): number {
  const [, chunk, file] = /chunk-(\d+)\/file-(\d+)\.mp4$/.exec(path) ?? [];
  return Number(chunk) * CHUNK_SIZE + Number(file);
}
