import { randomBytes } from 'node:crypto';
import { FarmError, isTerminal, type JobStatus, statusesBefore } from '@worldfarm/core';
import type { Connection } from './connection.ts';
import { jobNotFound } from './record.ts';

export interface Move {
  readonly id: string;
  readonly to: JobStatus;
  /** narrows the legal statuses before; all of JOB_MOVES when absent */
  readonly from?: readonly JobStatus[];
  /** the move happens only while this fence is current */
  readonly fence?: number;
  /** makes every older fence stale */
  readonly bumpFence?: boolean;
  readonly bumpAttempt?: -1 | 0 | 1;
  /** record fields to set; objects are written as JSON */
  readonly set?: Record<string, string | number | object>;
  readonly unset?: readonly string[];
  /** ms since the epoch: the job expires when it has not started by then */
  readonly deadline?: number;
  /** the turn that starts with this move, for fair queueing */
  readonly served?: { readonly queue: string; readonly band: number; readonly tag: number };
  /** the queue job that the caller holds, which leaves its queue with this move */
  readonly held?: { readonly queue: string; readonly token: string };
}

export interface Moved {
  readonly verdict: 'ok' | 'missing' | 'stale' | 'illegal';
  /** the status before */
  readonly status: JobStatus;
  /** the fence after */
  readonly fence: number;
}

/** The one function that moves a job's status. Legal moves are core's JOB_MOVES; anything else is refused. */
export async function moveStatus(connection: Connection, move: Move): Promise<Moved> {
  const legal = statusesBefore(move.to);
  const at = Date.now();
  const set = { ...(move.to === 'queued' && { queuedAt: at }), ...move.set };
  const [verdict, status, fence] = (await connection.run('move', {
    id: move.id,
    op: randomBytes(6).toString('base64url'),
    to: move.to,
    from: move.from ? legal.filter((status) => move.from?.includes(status)) : legal,
    fence: move.fence,
    bumpFence: move.bumpFence ?? false,
    bumpAttempt: move.bumpAttempt ?? 0,
    set: encodeFields(set),
    unset: move.unset ?? [],
    terminal: isTerminal(move.to),
    deadline: move.deadline,
    served: move.served,
    held: move.held,
    at,
  })) as [Moved['verdict'], JobStatus, number];
  return { verdict, status, fence };
}

/** Record fields as Redis keeps them. */
export function encodeFields(set: NonNullable<Move['set']>): Record<string, string> {
  const texts = Object.entries(set).map(([field, value]) => [
    field,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  return Object.fromEntries(texts);
}

/** @throws FarmError job_not_found or invalid_transition unless the move was made */
export function assertMoved(moved: Moved, id: string, to: JobStatus): void {
  if (moved.verdict === 'missing') throw jobNotFound(id);
  if (moved.verdict !== 'ok') {
    throw new FarmError('invalid_transition', `the job is ${moved.status} and cannot become ${to}`, {
      jobId: id,
    });
  }
}
