import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** This release of the farm, and the newest NIM API that it speaks. */
export const VERSION = { release: version, api: '3.0.0' } as const;
