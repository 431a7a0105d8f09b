import { randomUUID } from 'node:crypto';
import type { Carry, CarryVerdict, Delivery, DeliveryAttempt, Webhooks } from '@worldfarm/queue';
import type { Logger, Outbound } from '@worldfarm/service';
import { attempt } from './attempt.ts';
import { type BodySources, bodyOf } from './body.ts';
import type { Gate } from './gate.ts';
import { judge, type Outcome, type Verdict } from './judge.ts';
import type { CourierMetrics } from './metrics.ts';
import { dismiss, findRecipient } from './recipient.ts';
import { WINDOW_MS } from './schedule.ts';
import { signatureHeaders } from './sign.ts';

export interface DeliverDeps {
  readonly webhooks: Pick<Webhooks, 'deliveries' | 'endpoints' | 'secrets'>;
  readonly outbound: Pick<Outbound, 'request'>;
  readonly gate: Gate;
  readonly sources: BodySources;
  readonly timeoutMs: number;
  readonly version: string;
  readonly metrics: CourierMetrics;
  readonly logger: Logger;
}

/** How long a delivery waits for the first try of an earlier event of its job. */
const ORDER_PATIENCE_MS = 60_000;
const CLOCK_SLACK_MS = 1_000;
const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** Takes one delivery as far as it goes now: to its receiver, to a later time, or to its end. */
export function openDeliver(deps: DeliverDeps): Carry {
  const { webhooks, gate } = deps;
  const { deliveries } = webhooks;

  return async (id, pulls): Promise<CarryVerdict> => {
    const opened = await deliveries.open(id);
    if (opened?.delivery.status !== 'pending') return undefined;
    const { delivery, behind } = opened;
    // Pulled too early: the courier that should have put it back died, or lost its lock.
    if ((delivery.nextAt ?? 0) > Date.now() + CLOCK_SLACK_MS) return { againAt: delivery.nextAt! };
    const waited = Date.now() - delivery.createdAt;
    if (behind && waited < ORDER_PATIENCE_MS) return { againAt: Date.now() + waitForTurn(waited) };

    const recipient = await findRecipient(delivery, webhooks, Date.now());
    if (recipient.kind === 'none') return drop(delivery, recipient.reason);
    const admission = await gate.enter(hostOf(recipient.url), pulls);
    if (!admission.admitted) return putOff(delivery, admission.afterMs);

    const started = performance.now();
    let silent = false;
    try {
      const body = await bodyOf(delivery, deps.sources);
      if (body === undefined) return await drop(delivery, 'the job was removed');
      const { log, outcome } = await send(delivery, recipient, body);
      silent = outcome.kind === 'failed' && outcome.failure !== 'refused';
      return await settle(delivery, log, outcome);
    } finally {
      admission.leave(!silent, performance.now() - started);
    }
  };

  async function send(
    delivery: Delivery,
    { url, secrets }: { url: string; secrets: readonly string[] },
    body: string,
  ) {
    const requestId = randomUUID();
    const at = new Date();
    const outcome = await attempt(deps.outbound, {
      url,
      body,
      timeoutMs: deps.timeoutMs,
      headers: {
        'user-agent': `Worldfarm-Courier/${deps.version}`,
        'x-request-id': requestId,
        ...signatureHeaders({ id: delivery.eventId, at, body, secrets }),
      },
    });
    const latencyMs = Date.now() - at.getTime();
    return { outcome, log: { attempt: delivery.attempts + 1, requestId, at: at.getTime(), latencyMs } };
  }

  async function settle(
    delivery: Delivery,
    log: Pick<DeliveryAttempt, 'attempt' | 'requestId' | 'at' | 'latencyMs'>,
    outcome: Outcome,
  ): Promise<CarryVerdict> {
    const { type } = delivery;
    const verdict = judge(outcome, { type, made: log.attempt, now: Date.now(), random: Math.random() });
    const nextAt = verdict.kind === 'again' ? verdict.at : undefined;
    deps.metrics.tried(verdict.kind, log.latencyMs);
    if (verdict.kind === 'dead' && verdict.gone) await dismiss(delivery, webhooks);
    await deliveries.move(delivery, {
      status: verdict.kind === 'again' ? 'pending' : verdict.kind,
      attempt: { ...log, ...logLine(outcome, verdict), nextAt },
      nextAt,
      ...(verdict.kind === 'dead' && { reason: verdict.error }),
    });
    if (verdict.kind !== 'delivered') {
      deps.logger.info({ delivery: delivery.id, job: delivery.job, ...verdict }, 'delivery failed');
    }
    return nextAt === undefined ? undefined : { againAt: nextAt };
  }

  async function drop(delivery: Delivery, reason: string): Promise<undefined> {
    await deliveries.move(delivery, { status: 'dropped', reason });
    deps.metrics.tried('dropped', 0);
  }

  /** Not counted as a try; but a host that is out of reach over the whole schedule is given up. */
  async function putOff(delivery: Delivery, afterMs: number): Promise<CarryVerdict> {
    if (Date.now() - delivery.askedAt < WINDOW_MS) return { againAt: Date.now() + afterMs };
    await deliveries.move(delivery, {
      status: 'dead',
      reason: 'the host was out of reach over the whole schedule',
    });
    deps.metrics.tried('dead', 0);
    return undefined;
  }
}

/** Half the time waited so far: near the front often, further back seldom. */
function waitForTurn(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 2, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
}

/** Circuits and limits are kept for each scheme, host and port. */
export function hostOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}

function logLine(outcome: Outcome, verdict: Verdict): Pick<DeliveryAttempt, 'status' | 'error' | 'reply'> {
  return {
    ...(outcome.kind === 'answered' && { status: outcome.status, reply: outcome.reply }),
    ...(verdict.kind !== 'delivered' && { error: verdict.error }),
  };
}
