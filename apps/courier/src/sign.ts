import { Webhook } from 'standardwebhooks';

/** What is signed, and with what. */
export interface Signed {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
  /** `whsec_...`; several while one replaces another, newest first */
  readonly secrets: readonly string[];
}

/** The three headers of Standard Webhooks, a signature for each secret. */
export function signatureHeaders({ id, at, body, secrets }: Signed): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
