import { newWebhookSecret, rotateSecret, type WebhookSecret } from '@worldfarm/core';
import { type Connection, translate } from './connection.ts';
import { webhookKeys } from './outbox-names.ts';

/** The secret of each API key: it signs the webhooks of jobs that bring no secret of their own. */
export interface SecretStore {
  /** Drawn when it is asked for first. */
  of(owner: string): Promise<WebhookSecret>;
  /** A new secret; the one before signs beside it for `overlapMs`. */
  rotate(owner: string, overlapMs: number): Promise<WebhookSecret>;
}

export function openSecrets({ redis, prefix }: Connection): SecretStore {
  const { secrets } = webhookKeys(prefix);
  async function of(owner: string): Promise<WebhookSecret> {
    const known = await translate(() => redis.hget(secrets, owner));
    if (known !== null) return JSON.parse(known) as WebhookSecret;
    const fresh: WebhookSecret = { current: newWebhookSecret() };
    // Two first calls at once: one of them writes, both read what it wrote.
    await translate(() => redis.hsetnx(secrets, owner, JSON.stringify(fresh)));
    return JSON.parse((await translate(() => redis.hget(secrets, owner)))!) as WebhookSecret;
  }
  return {
    of,
    async rotate(owner, overlapMs) {
      const next = rotateSecret(await of(owner), Date.now(), overlapMs);
      await translate(() => redis.hset(secrets, owner, JSON.stringify(next)));
      return next;
    },
  };
}
