import { Redis } from 'ioredis';

/** A bare connection for tests that look at, or break, what lies in Redis. It waits while Redis is away. */
export function openRaw(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null }).on('error', () => {});
}
