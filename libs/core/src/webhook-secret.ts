import { z } from 'zod';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A signing key as Standard Webhooks writes it: `whsec_` and the base64 of 24 to 64 bytes. */
export const webhookSecretSchema = z.string().refine((text) => {
  const bytes = decodedLength(text.slice(PREFIX.length));
  return text.startsWith(PREFIX) && bytes >= 24 && bytes <= 64;
}, 'expected whsec_ and the base64 of 24 to 64 bytes');

/** A signing key with, for a while after it replaced another, the one before. */
export interface WebhookSecret {
  readonly current: string;
  readonly previous?: string;
  /** ms since the epoch: until then deliveries carry a signature of either */
  readonly previousUntil?: number;
}

export function newWebhookSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return PREFIX + btoa(String.fromCharCode(...bytes));
}

/** Puts a new key in front; the one before signs as well for `overlapMs`. */
export function rotateSecret(secret: WebhookSecret, now: number, overlapMs: number): WebhookSecret {
  return { current: newWebhookSecret(), previous: secret.current, previousUntil: now + overlapMs };
}

/** The keys that sign now, the newest first. */
export function signingSecrets(
  { current, previous, previousUntil = 0 }: WebhookSecret,
  now: number,
): string[] {
  return previous !== undefined && now < previousUntil ? [current, previous] : [current];
}

/** Length of what a base64 text holds; -1 for text that is none. */
function decodedLength(base64: string): number {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return -1;
  return (base64.length / 4) * 3 - (base64.match(/=*$/)?.[0].length ?? 0);
}
