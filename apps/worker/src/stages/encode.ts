import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputPlan, RenderPlan, Size } from '@worldfarm/core';
import { encodeJpeg, encodeVideo, frameBytes, probe, type Quality, thumbnail } from '@worldfarm/media';
import { isStill, type Rendered, type RenderedFrames } from '../engines/engine.ts';

const THUMBNAIL = 'thumbnail.jpg';

export interface EncodedFile {
  readonly path: string;
  readonly type: string;
  /** hex; absent when nobody has read the file yet */
  readonly sha256?: string;
}

/** Files of a finished render, not yet uploaded. */
export interface EncodedFiles {
  readonly video?: EncodedFile & Size & { frames: number; fps: number; codec: string };
  readonly image?: EncodedFile & Size;
  readonly thumbnail?: EncodedFile;
}

/** Writes what was rendered as the files that the job asked for, in `folder`. */
export async function encodeOutput(
  rendered: Rendered,
  plan: RenderPlan,
  output: OutputPlan,
  folder: string,
  signal: AbortSignal,
): Promise<EncodedFiles> {
  if (rendered.kind === 'file') return describeFile(rendered, plan, folder, signal);
  if (isStill(plan.mode)) return encodeStill(rendered, plan, output, folder, signal);
  const still = { path: join(folder, THUMBNAIL), frame: Math.floor(plan.frames / 2) };
  const { hasStill, path, sha256, width, height, frames, fps, codec } = await encodeVideo({
    frames: rendered.frames,
    frameSize: rendered.size,
    size: { width: plan.width, height: plan.height },
    fps: plan.fps,
    codec: output.codec,
    container: output.container,
    quality: output.quality as Quality,
    path: join(folder, `video.${output.container}`),
    still,
    signal,
  });
  const video = { path, type: `video/${output.container}`, sha256, width, height, frames, fps, codec };
  const thumbnail = hasStill ? { path: still.path, type: 'image/jpeg' } : thumbnailOf(path, folder, signal);
  return { video, thumbnail: await thumbnail };
}

async function describeFile(
  { path, claimed }: Extract<Rendered, { kind: 'file' }>,
  plan: RenderPlan,
  folder: string,
  signal: AbortSignal,
): Promise<EncodedFiles> {
  if (claimed) return { video: { path, type: 'video/mp4', ...claimed } };
  const { type, width, height, frames, fps, codec } = await probe(path, signal);
  if (isStill(plan.mode)) return { image: { path, type, width, height } };
  return {
    video: { path, type, width, height, frames, fps, codec },
    thumbnail: await thumbnailOf(path, folder, signal),
  };
}

async function thumbnailOf(video: string, folder: string, signal: AbortSignal): Promise<EncodedFile> {
  const path = join(folder, THUMBNAIL);
  await writeFile(path, await thumbnail(video, { signal }));
  return { path, type: 'image/jpeg' };
}

async function encodeStill(
  { frames, size }: RenderedFrames,
  plan: RenderPlan,
  output: OutputPlan,
  folder: string,
  signal: AbortSignal,
): Promise<EncodedFiles> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of frames) chunks.push(chunk);
  const first = Buffer.concat(chunks).subarray(0, frameBytes(size));
  const path = join(folder, 'image.jpg');
  await writeFile(path, await encodeJpeg(first, { ...size, quality: output.quality as Quality, signal }));
  return { image: { path, type: 'image/jpeg', width: plan.width, height: plan.height } };
}
