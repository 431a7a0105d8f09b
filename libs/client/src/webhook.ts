import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** Headers as a request has them: a plain object (Node, Express) or the web's `Headers`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>;

/** A delivery that was verified. */
export interface WebhookEvent {
  /** `webhook-id`: the same for every try and every copy of one event */
  readonly id: string;
  readonly type: string;
  /** when it happened, ISO 8601 */
  readonly timestamp: string;
  /** grows with each event of one job or batch */
  readonly sequence: number;
  /** the job or batch */
  readonly data: Readonly<Record<string, unknown>>;
  /** true: this id was verified before. Answer 2xx and do nothing. */
  readonly repeated: boolean;
  /** Takes the id back, for a handler that failed and wants the next try to count. */
  forget(): void;
}

/** Remembers ids within one process. Receivers of several processes ask a store of their own for `event.id`. */
export interface WebhookMemory {
  /** true when the id was not there yet */
  add(id: string): boolean;
  delete(id: string): void;
}

/** A delivery that must not be trusted: answer 400 and do nothing. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
}

/**
 * Checks a delivery: its signature, that it is at most 300 s old (or early), and whether its id came before.
 *
 * @param secret `whsec_...`; several while you replace one
 * @param body the text exactly as it arrived, before any JSON parser
 * @param memory ids that were seen; without it nothing counts as repeated
 * @throws WebhookRefused
 *
 * @example
 * const event = verifyWebhook(process.env.WEBHOOK_SECRET, request.headers, body, memory);
 * if (!event.repeated && event.type === 'job.succeeded') await fetchVideo(event.data);
 */
export function verifyWebhook(
  secret: string | readonly string[],
  headers: WebhookHeaders,
  body: string | Uint8Array,
  memory?: WebhookMemory,
): WebhookEvent {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const id = readHeader(headers, 'webhook-id');
  const signed = {
    'webhook-id': id,
    'webhook-timestamp': readHeader(headers, 'webhook-timestamp'),
    'webhook-signature': readHeader(headers, 'webhook-signature'),
  };
  const secrets = typeof secret === 'string' ? [secret] : secret;
  const event = verifyWithAny(secrets, text, signed) as Omit<WebhookEvent, 'id' | 'repeated' | 'forget'>;
  const repeated = memory !== undefined && !memory.add(id);
  return { ...event, id, repeated, forget: () => memory?.delete(id) };
}

/** Ids of one process, the oldest forgotten first. Longer than the last retry of a delivery by default. */
export function webhookMemory({ keepMs = 4 * 24 * 3_600_000, most = 100_000 } = {}): WebhookMemory {
  const seen = new Map<string, number>();
  return {
    add(id) {
      const now = Date.now();
      const known = seen.get(id);
      if (known !== undefined && now - known < keepMs) return false;
      for (const [oldest, at] of seen) {
        if (seen.size < most && now - at < keepMs) break;
        seen.delete(oldest);
      }
      seen.set(id, now);
      return true;
    },
    delete: (id) => void seen.delete(id),
  };
}

function verifyWithAny(secrets: readonly string[], text: string, headers: Record<string, string>): unknown {
  if (secrets.length === 0) throw new WebhookRefused('there is no secret to verify with');
  let refusal: unknown;
  for (const secret of secrets) {
    try {
      return new Webhook(secret).verify(text, headers);
    } catch (error) {
      refusal = error;
    }
  }
  const why = refusal instanceof WebhookVerificationError ? refusal.message : 'this cannot be verified';
  throw new WebhookRefused(why, { cause: refusal });
}

function readHeader(headers: WebhookHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const [, value] =
    Object.entries(headers).find(([each, given]) => each.toLowerCase() === name && given) ?? [];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
