import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError, type Profile, profileSchema, SHIPPED_PROFILES } from '@worldfarm/core';
import type { ProfileRegistry } from '@worldfarm/queue';

/** The profiles that requests may name: those of a folder, and those that workers have announced. */
export interface Catalogue {
  list(): Promise<readonly Profile[]>;
  /** @throws FarmError profile_not_found */
  need(id: string): Promise<Profile>;
  /** The one that serves requests which name none. @throws FarmError no_capacity when there is none at all */
  fallback(): Promise<Profile>;
  /** The profiles of the folder, for the time when Redis is away. */
  readonly configured: readonly Profile[];
}

export function openCatalogue(
  configured: readonly Profile[],
  announced: Pick<ProfileRegistry, 'list'>,
  wanted: string | undefined,
): Catalogue {
  const own = new Map(configured.map((profile) => [profile.id, profile]));
  async function list(): Promise<Profile[]> {
    const others = (await announced.list()).filter(({ id }) => !own.has(id));
    return [...configured, ...others];
  }
  async function need(id: string): Promise<Profile> {
    const profile = own.get(id) ?? (await list()).find((each) => each.id === id);
    if (profile) return profile;
    throw new FarmError('profile_not_found', `there is no profile ${JSON.stringify(id.slice(0, 64))}`, {
      param: 'profile',
    });
  }
  return {
    configured,
    list,
    need,
    async fallback() {
      if (wanted) return need(wanted);
      const preferred = SHIPPED_PROFILES.map((id) => own.get(id)).find((profile) => profile);
      const profile = preferred ?? configured[0] ?? (await list())[0];
      if (!profile) throw new FarmError('no_capacity', 'no profile is installed and no worker has come yet');
      return profile;
    },
  };
}

/**
 * Reads `<folder>/<name>/profile.json` of every subfolder; a folder that is not there has none.
 * @throws Error naming the file that is not a profile
 */
export async function readProfiles(folder: string): Promise<Profile[]> {
  const names = await readdir(folder).catch(() => []);
  const profiles = await Promise.all(names.sort().map((name) => readProfile(join(folder, name))));
  return profiles.filter((profile) => profile !== undefined);
}

/** The profile of a folder; undefined when it holds none. @throws Error naming the file that is not a profile */
export async function readProfile(folder: string): Promise<Profile | undefined> {
  const path = join(folder, 'profile.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const result = profileSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(`${path} is no profile: ${result.error.issues[0]?.message}`);
}
