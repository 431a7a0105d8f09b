import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Profile } from '@worldfarm/core';
import { ProfileError } from '../errors.ts';

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Compares every file of the profile with its listed size and digest.
 * @throws ProfileError naming the first file that is missing or differs.
 */
export async function checkFiles(dir: string, files: Profile['files'], digests: boolean): Promise<void> {
  for (const file of files) {
    const path = join(dir, file.path);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) throw new ProfileError(file.path, 'the file is missing');
    if (found.size !== file.bytes) {
      throw new ProfileError(file.path, `has ${found.size} bytes, profile.json says ${file.bytes}`);
    }
    if (digests && (await sha256(path)) !== file.sha256) {
      throw new ProfileError(file.path, 'its SHA-256 is not the one in profile.json');
    }
  }
}
