import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ClipPlace, type ClipScores, FarmError } from '@worldfarm/core';
import { SCORE_FRAMES, SCORE_SIZE, scoreFrames } from '@worldfarm/dataset';
import { decodeVideo } from '@worldfarm/media';
import type { Batcher } from '../batcher.ts';
import { openClip } from './clip.ts';

export interface Looked {
  readonly sha256: string;
  /** null where the clip cannot be decoded, or scores were not asked for */
  readonly scores: ClipScores | null;
}

/** Reads a clip once: its digest, and its scores. */
export async function lookAtClip(
  at: ClipPlace & { bytes: number },
  { store, scratch }: Pick<Batcher, 'store' | 'scratch'>,
  wantScores: boolean,
  signal: AbortSignal,
): Promise<Looked> {
  const folder = await mkdtemp(join(scratch, 'clip-'));
  try {
    const path = join(folder, 'clip');
    const hash = createHash('sha256');
    await pipeline(
      await openClip(store, at, signal),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path),
      { signal },
    );
    return { sha256: hash.digest('hex'), scores: wantScores ? await scoresOf(path, signal) : null };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function scoresOf(path: string, signal: AbortSignal): Promise<ClipScores | null> {
  try {
    return await scoreFrames(decodeVideo(path, { ...SCORE_SIZE, maxFrames: SCORE_FRAMES, signal }));
  } catch (error) {
    if (error instanceof FarmError && error.type === 'unreadable_media') return null;
    throw error;
  }
}
