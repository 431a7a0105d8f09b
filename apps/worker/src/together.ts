import { totalmem } from 'node:os';
import type { Profile } from '@worldfarm/core';
import { checkFit } from '@worldfarm/diffusion';
import { ConfigError } from '@worldfarm/service';

/** Where a worker's models run. */
export interface Device {
  readonly providers: readonly string[] | undefined;
  /** bytes; absent: unknown */
  readonly deviceMemory: number | undefined;
}

/** This machine's memory, or what its control group leaves of it. */
const machineMemory = () => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/**
 * Lets several profiles onto one worker only where its device holds them all at once. A profile alone may always try.
 * @throws ProfileError naming the profile that is too much; ConfigError when the size of the device is not known
 */
export function checkTogether(
  profiles: readonly Pick<Profile, 'id' | 'engine' | 'files'>[],
  { providers = ['cpu'], deviceMemory }: Device,
): void {
  const local = profiles.filter(({ engine }) => engine === 'onnx');
  if (local.length < 2) return;
  const onCpu = providers.every((name) => name === 'cpu');
  const memory = deviceMemory ?? (onCpu ? machineMemory() : undefined);
  if (memory === undefined) {
    const message =
      'several profiles on one device need WORLDFARM_DEVICE_MEMORY_MB, which says what it holds';
    throw new ConfigError(message);
  }
  checkFit(local, memory);
}
