import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FarmError, type VideoFile } from '@worldfarm/core';
import { spritesheet } from '@worldfarm/media';
import type { Gateway } from '../gateway.ts';
import { withJob } from '../handlers/with-job.ts';
import { json } from '../http/call.ts';
import { removeJob } from '../submit/remove-job.ts';
import { sendObject } from '../views/object-reply.ts';
import { failureOf } from '../views/outcome.ts';
import { videoView } from './view.ts';

/** `GET /v1/videos/<id>`. */
export const getVideo = withJob((record) => json(200, videoView(record)));

/** `DELETE /v1/videos/<id>`. */
export const deleteVideo = withJob(async (record, _call, gateway) => {
  await removeJob(record, gateway);
  return json(200, { id: record.spec.id, object: 'video.deleted', deleted: true });
});

/** `GET /v1/videos/<id>/content?variant=video|thumbnail|spritesheet`. */
export const videoContent = withJob(async (record, call, gateway) => {
  const { variant = 'video' } = call.query;
  if (record.status !== 'succeeded') throw failureOf(record);
  const { video, thumbnail } = record.output ?? {};
  const files = { video, thumbnail, spritesheet: video };
  if (!Object.hasOwn(files, variant)) {
    throw new FarmError('invalid_request', 'variant: must be one of video, thumbnail, spritesheet', {
      param: 'variant',
    });
  }
  const file = files[variant as keyof typeof files];
  if (!file) throw new FarmError('not_found', `the video has no ${variant}`, { jobId: record.spec.id });
  if (variant !== 'spritesheet') return sendObject(file, call, gateway);
  const sheet = await sheetOf(file as VideoFile, gateway, call.signal);
  return { status: 200, headers: { 'Content-Type': 'image/jpeg' }, body: sheet };
});

/** Made when asked for: few ask, and it is a second's work. */
async function sheetOf(file: VideoFile, { store, config }: Gateway, signal: AbortSignal): Promise<Buffer> {
  await mkdir(config.tempFolder, { recursive: true });
  const folder = await mkdtemp(join(config.tempFolder, 'sheet-'));
  try {
    const path = join(folder, 'video');
    const { body } = await store.get(file.key, { signal });
    await pipeline(body, createWriteStream(path), { signal });
    return Buffer.from(await spritesheet(path, { signal }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
