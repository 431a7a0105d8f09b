import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Profile, SHIPPED_PROFILES } from '@worldfarm/core';
import { readCheckpoint, readProfile } from '@worldfarm/diffusion';
import { checkTogether, type Device } from './together.ts';

/** Where a worker finds the profiles that it is to load. */
export interface Shelf {
  readonly ids: readonly string[];
  folderOf(id: string): string;
  /** @throws ProfileError naming the file and the reason */
  read(id: string): Promise<Profile>;
}

export interface ShelfOptions extends Device {
  readonly profilesFolder: string;
  /** profile ids to load; absent: the one that is preferred */
  readonly profiles: readonly string[] | undefined;
  /** an exported profile of the operator's own, which is then served in place of the others */
  readonly checkpoint: string | undefined;
}

/** @throws ProfileError when the checkpoint is none, or profiles do not fit together; Error when there is none at all */
export async function openShelf({
  profilesFolder,
  profiles,
  checkpoint,
  ...device
}: ShelfOptions): Promise<Shelf> {
  if (checkpoint) {
    const profile = await readCheckpoint(checkpoint);
    return { ids: [profile.id], folderOf: () => checkpoint, read: async () => profile };
  }
  const folderOf = (id: string) => join(profilesFolder, id);
  const ids = profiles ?? [await preferred(profilesFolder)];
  const read = (id: string) => readProfile(folderOf(id));
  if (ids.length > 1) checkTogether(await Promise.all(ids.map(read)), device);
  return { ids, folderOf, read };
}

async function preferred(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort();
  const found = [...SHIPPED_PROFILES, ...names].find((name) => names.includes(name));
  if (!found) throw new Error(`${folder} holds no profile`);
  return found;
}
