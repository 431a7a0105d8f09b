import type { Profile } from '@worldfarm/core';
import { ProfileError } from '../errors.ts';

/** Weights are held once, packed for the kernels, and the largest activations come on top. */
const OVERHEAD = 1.4;

/** Memory that a profile needs while it is loaded, in bytes: an estimate from the size of its files. */
export function profileMemory(profile: Pick<Profile, 'files'>): number {
  return Math.ceil(OVERHEAD * profile.files.reduce((sum, { bytes }) => sum + bytes, 0));
}

/**
 * Refuses a set of profiles that one device cannot hold at a time.
 * @param available bytes of the device's memory
 * @throws ProfileError naming the first profile that is too much
 */
export function checkFit(profiles: readonly Pick<Profile, 'id' | 'files'>[], available: number): void {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
  let used = 0;
  for (const profile of profiles) {
    const needed = profileMemory(profile);
    if (used + needed > available) {
      const others = used > 0 ? ` beside ${gigabytes(used)} of other profiles` : '';
      const reason = `${profile.id} needs ${gigabytes(needed)}${others}; the device has ${gigabytes(available)}`;
      throw new ProfileError('profile.json', reason);
    }
    used += needed;
  }
}
