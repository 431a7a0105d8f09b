import type { SentType } from '@worldfarm/core';
import type { OutboundFailure } from '@worldfarm/service';
import { delayAfter } from './schedule.ts';

/** What came of one try: an answer, or why there was none. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfterMs?: number;
      readonly reply: string;
    }
  | { readonly kind: 'failed'; readonly failure: OutboundFailure; readonly message: string };

export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly at: number; readonly error: string }
  /** not worth a further try, nor a place on the dead-letter list */
  | { readonly kind: 'dropped'; readonly error: string }
  /** `gone`: the receiver wants nothing any more */
  | { readonly kind: 'dead'; readonly gone: boolean; readonly error: string };

/** Progress that missed two tries is old news; the next one tells more. */
const PROGRESS_TRIES = 2;
/** These ask for patience by `Retry-After`; from other answers it means nothing. */
const PATIENT = new Set([429, 503]);

/**
 * What follows from a try.
 *
 * @param made tries of this round, this one included
 */
export function judge(
  outcome: Outcome,
  { type, made, now, random }: { type: SentType; made: number; now: number; random: number },
): Verdict {
  if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300)
    return { kind: 'delivered' };
  const error = describe(outcome);
  if (outcome.kind === 'answered' && outcome.status === 410) return { kind: 'dead', gone: true, error };
  // Our own rules said no: waiting does not change them.
  if (outcome.kind === 'failed' && outcome.failure === 'refused') return { kind: 'dead', gone: false, error };
  if (type === 'job.progress' && made >= PROGRESS_TRIES) return { kind: 'dropped', error };
  const retryAfterMs =
    outcome.kind === 'answered' && PATIENT.has(outcome.status) ? outcome.retryAfterMs : undefined;
  const delay = delayAfter(made, { random, retryAfterMs });
  if (delay === undefined) return { kind: 'dead', gone: false, error };
  return { kind: 'again', at: now + delay, error };
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'failed') return outcome.message;
  const { status } = outcome;
  if (status >= 300 && status < 400) return `answered ${status}: redirects are not followed`;
  return `answered ${status}`;
}
