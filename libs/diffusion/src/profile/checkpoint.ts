import { isAbsolute } from 'node:path';
import type { Profile } from '@worldfarm/core';
import { ProfileError } from '../errors.ts';
import { readProfile } from './read.ts';

/**
 * The profile in a folder that an operator names (`NIM_FT_CHECKPOINT`, `NIM_MODEL_PATH`).
 * @throws ProfileError when the path is not absolute, or holds no exported profile; a checkpoint in diffusers' layout is
 * answered with how to export it
 */
export async function readCheckpoint(dir: string): Promise<Profile> {
  if (!isAbsolute(dir)) throw new ProfileError(dir, 'must be an absolute path');
  return readProfile(dir);
}
