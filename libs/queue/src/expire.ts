import type { Connection } from './connection.ts';
import { type Moved, moveStatus } from './moves.ts';

/** Ends a queued job whose deadline has passed. */
export function expireJob(connection: Connection, id: string): Promise<Moved> {
  return moveStatus(connection, {
    id,
    to: 'expired',
    from: ['queued'],
    set: { endedAt: Date.now(), error: { type: 'job_expired', message: 'not started before its deadline' } },
  });
}
