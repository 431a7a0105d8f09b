import { createClient, type FarmClient } from '@worldfarm/client';
import type { Command } from 'commander';

/** The client that a command's global options describe. */
export function clientOf(command: Command): FarmClient {
  const { url, key } = command.optsWithGlobals<{ url: string; key?: string }>();
  return createClient({ baseUrl: url, apiKey: key });
}
