import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError, type Profile, profileDigest, profileSchema, type RowContext } from '@worldfarm/core';
import type { BatchRecord } from '@worldfarm/queue';
import type { Batcher } from '../batcher.ts';
import { sha256 } from '../digest.ts';

/** The profile of a batch: of the folder, or as a worker announced it. @throws FarmError profile_not_found */
export async function findProfile(
  id: string,
  { config, farm }: Pick<Batcher, 'config' | 'farm'>,
): Promise<Profile> {
  const file = await readFile(join(config.profilesFolder, id, 'profile.json'), 'utf8').catch(() => undefined);
  if (file !== undefined) return profileSchema.parse(JSON.parse(file));
  const announced = (await farm.profiles.list()).find((profile) => profile.id === id);
  if (announced) return announced;
  throw new FarmError('profile_not_found', `there is no profile ${id}`, { param: 'profile' });
}

/** What the rows of a batch are read with. */
export function rowContext({ spec }: BatchRecord, profile: Profile, config: Batcher['config']): RowContext {
  return {
    profile,
    build: profileDigest(profile, sha256),
    family: config.defaultFamily,
    defaults: spec.defaults,
    output: config.output,
    splits: spec.output.splits,
    splitBy: spec.output.split_by,
    digest: sha256,
  };
}
