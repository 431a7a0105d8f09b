import { randomUUID } from 'node:crypto';
import type { Carry, CarryVerdict, Delivery, DeliveryAttempt, Pulled, Webhooks } from '@worldfarm/queue';
import type { Logger, Outbound, Span, Tracing } from '@worldfarm/service';
import { attempt } from './attempt.ts';
import { type BodySources, bodyOf } from './body.ts';
import type { Gate, Heard, Leave } from './gate.ts';
import { judge, type Outcome, type Verdict } from './judge.ts';
import type { CourierMetrics } from './metrics.ts';
import { dismiss, findRecipient } from './recipient.ts';
import { WINDOW_MS } from './schedule.ts';
import { type Signed, signatureHeaders } from './sign.ts';

export interface DeliverDeps {
  readonly webhooks: Pick<Webhooks, 'deliveries' | 'endpoints' | 'secrets'>;
  readonly outbound: Pick<Outbound, 'request'>;
  readonly gate: Gate;
  readonly sources: BodySources;
  readonly timeoutMs: number;
  readonly version: string;
  readonly metrics: CourierMetrics;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

interface Opened {
  readonly delivery: Delivery;
  readonly behind: boolean;
}

interface Sent {
  readonly log: Pick<DeliveryAttempt, 'attempt' | 'requestId' | 'at' | 'latencyMs'>;
  readonly outcome: Outcome;
  /** for log lines */
  readonly trace: Readonly<Record<string, string>>;
}

/** How long a delivery waits for the first try of an earlier event of its job, which a closed circuit may put off. */
const ORDER_PATIENCE_MS = 1_800_000;
const CLOCK_SLACK_MS = 1_000;
const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 60_000;

/** Takes one delivery as far as it goes now: to its receiver, to a later time, or to its end. */
export function openDeliver(deps: DeliverDeps): Carry {
  const { webhooks, gate } = deps;
  const { deliveries } = webhooks;

  return async (pulled): Promise<CarryVerdict> => {
    // First of all, and without a look at the record: a host that is dead costs next to nothing.
    const admission = await gate.enter(pulled.host, pulled.pulls);
    if (!admission.admitted) return putOff(pulled, admission.afterMs);
    const { leave } = admission;
    try {
      const opened = await deliveries.open(pulled.id);
      if (opened?.delivery.status !== 'pending') return undefined;
      return await carry(opened, leave);
    } finally {
      leave('unheard');
    }
  };

  async function carry({ delivery, behind }: Opened, leave: Leave): Promise<CarryVerdict> {
    // Pulled too early: the courier that should have put it back died, or lost its lock.
    if ((delivery.nextAt ?? 0) > Date.now() + CLOCK_SLACK_MS) return { againAt: delivery.nextAt! };
    const waited = Date.now() - delivery.createdAt;
    if (behind && waited < ORDER_PATIENCE_MS) return { againAt: Date.now() + waitForTurn(waited) };

    const recipient = await findRecipient(delivery, webhooks, Date.now());
    if (recipient.kind === 'none') return drop(delivery, recipient.reason);
    const body = await bodyOf(delivery, deps.sources);
    if (body === undefined) return drop(delivery, 'the job was removed');
    const sent = await send(delivery, recipient, body);
    leave(hearsFrom(sent.outcome), sent.log.latencyMs);
    return settle(delivery, sent);
  }

  async function send(
    delivery: Delivery,
    { url, secrets }: { url: string; secrets: readonly string[] },
    body: string,
  ): Promise<Sent> {
    const requestId = randomUUID();
    const span = spanOf(delivery, url);
    const at = new Date();
    const signature = sign({ id: delivery.eventId, at, body, secrets });
    const outcome =
      signature instanceof Error
        ? UNSIGNABLE
        : await attempt(deps.outbound, {
            url,
            body,
            timeoutMs: deps.timeoutMs,
            headers: {
              'user-agent': `Worldfarm-Courier/${deps.version}`,
              'x-request-id': requestId,
              ...span.headers(),
              ...signature,
            },
          });
    const latencyMs = Date.now() - at.getTime();
    if (outcome.kind === 'answered') span.set({ 'http.response.status_code': outcome.status });
    span.end({ error: faultOf(outcome) });
    const log = { attempt: delivery.attempts + 1, requestId, at: at.getTime(), latencyMs };
    return { outcome, log, trace: span.fields };
  }

  function spanOf({ type, job, eventId, attempts, traceparent }: Delivery, url: string): Span {
    return deps.tracing.begin('deliver', {
      kind: 'client',
      parent: traceparent,
      attributes: {
        'worldfarm.job.id': job,
        'worldfarm.event.id': eventId,
        'worldfarm.event.type': type,
        'worldfarm.delivery.attempt': attempts + 1,
        'http.request.method': 'POST',
        'server.address': URL.parse(url)?.hostname,
      },
    });
  }

  async function settle(delivery: Delivery, { log, outcome, trace }: Sent): Promise<CarryVerdict> {
    const { type } = delivery;
    const verdict = judge(outcome, { type, made: log.attempt, now: Date.now(), random: Math.random() });
    const nextAt = verdict.kind === 'again' ? verdict.at : undefined;
    deps.metrics.tried(verdict.kind, log.latencyMs);
    if (verdict.kind === 'dead' && verdict.gone) await dismiss(delivery, webhooks);
    await deliveries.move(delivery, {
      status: verdict.kind === 'again' ? 'pending' : verdict.kind,
      attempt: { ...log, ...logLine(outcome, verdict), nextAt },
      nextAt,
      ...(nextAt === undefined && 'error' in verdict && { reason: verdict.error }),
    });
    if (verdict.kind !== 'delivered') {
      deps.logger.info({ delivery: delivery.id, job: delivery.job, ...trace, ...verdict }, 'delivery failed');
    }
    return nextAt === undefined ? undefined : { againAt: nextAt };
  }

  async function drop(delivery: Delivery, reason: string): Promise<undefined> {
    await deliveries.move(delivery, { status: 'dropped', reason });
    deps.metrics.tried('dropped', 0);
  }

  /** Not counted as a try; but a host that is out of reach over the whole schedule is given up. */
  async function putOff({ id, queuedAt }: Pulled, afterMs: number): Promise<CarryVerdict> {
    if (Date.now() - queuedAt < WINDOW_MS) return { againAt: Date.now() + afterMs };
    const delivery = await deliveries.get(id);
    const reason = 'the host was out of reach over the whole schedule';
    if (delivery) await deliveries.move(delivery, { status: 'dead', reason });
    deps.metrics.tried('dead', 0);
    return undefined;
  }
}

/** Half the time waited so far: near the front often, further back seldom. */
function waitForTurn(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 2, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
}

const UNSIGNABLE: Outcome = {
  kind: 'failed',
  failure: 'refused',
  message: 'the secret is not one of Standard Webhooks: nothing can be signed with it',
};

function sign(signed: Signed): Record<string, string> | Error {
  try {
    return signatureHeaders(signed);
  } catch (error) {
    return error as Error;
  }
}

/** Why nobody has it yet; undefined once somebody does. */
function faultOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'failed') return outcome.message;
  return outcome.status >= 200 && outcome.status < 300 ? undefined : `status ${outcome.status}`;
}

/** Our own refusal says nothing about the host. */
function hearsFrom(outcome: Outcome): Heard {
  if (outcome.kind === 'answered') return 'answered';
  return outcome.failure === 'refused' ? 'unheard' : 'silent';
}

function logLine(outcome: Outcome, verdict: Verdict): Pick<DeliveryAttempt, 'status' | 'error' | 'reply'> {
  return {
    ...(outcome.kind === 'answered' && { status: outcome.status, reply: outcome.reply }),
    ...(verdict.kind !== 'delivered' && { error: verdict.error }),
  };
}
