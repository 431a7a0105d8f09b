import { signingSecrets } from '@worldfarm/core';
import type { Delivery, Webhooks } from '@worldfarm/queue';

/** Where a delivery goes and what signs it now, or why it goes nowhere. */
export type Recipient =
  | { readonly kind: 'known'; readonly url: string; readonly secrets: readonly string[] }
  | { readonly kind: 'none'; readonly reason: string };

type Directory = Pick<Webhooks, 'endpoints' | 'secrets' | 'deliveries'>;

/** Looks the receiver up afresh: secrets rotate and endpoints go between one try and the next. */
export async function findRecipient(
  delivery: Delivery,
  webhooks: Directory,
  now: number,
): Promise<Recipient> {
  if (delivery.endpoint !== undefined) {
    const endpoint = await webhooks.endpoints.get(delivery.endpoint);
    if (!endpoint) return { kind: 'none', reason: 'the endpoint was removed' };
    if (endpoint.disabled)
      return { kind: 'none', reason: `the endpoint is disabled: ${endpoint.disabled.reason}` };
    return { kind: 'known', url: endpoint.url, secrets: signingSecrets(endpoint.secret, now) };
  }
  const { url, secret, owner } = delivery;
  if (delivery.round === 0 && (await webhooks.deliveries.isGone(subjectOf(delivery)))) {
    return { kind: 'none', reason: 'the receiver answered 410 to an earlier event' };
  }
  if (secret !== undefined) return { kind: 'known', url, secrets: [secret] };
  return { kind: 'known', url, secrets: signingSecrets(await webhooks.secrets.of(owner), now) };
}

/** The receiver said 410: nothing more goes there. */
export async function dismiss(delivery: Delivery, webhooks: Directory): Promise<void> {
  if (delivery.endpoint !== undefined) await webhooks.endpoints.disable(delivery.endpoint, 'it answered 410');
  else await webhooks.deliveries.markGone(subjectOf(delivery));
}

function subjectOf({ job, batch, eventId }: Delivery): string {
  return job ?? batch ?? eventId;
}
