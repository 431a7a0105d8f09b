import { randomBytes } from 'node:crypto';
import {
  type EventType,
  FarmError,
  newWebhookSecret,
  rotateSecret,
  type WebhookSecret,
} from '@worldfarm/core';
import { type Connection, execAll, translate } from './connection.ts';
import { webhookKeys } from './outbox-names.ts';

/** A standing subscription. */
export interface Endpoint {
  readonly id: string;
  readonly owner: string;
  /** hears of everybody's jobs, not only of its owner's */
  readonly everybody: boolean;
  readonly url: string;
  /** absent: every end of a job or batch */
  readonly events?: readonly EventType[];
  readonly description?: string;
  readonly secret: WebhookSecret;
  /** ms since the epoch */
  readonly createdAt: number;
  /** why nothing is sent any more: it answered 410 */
  readonly disabled?: { readonly at: number; readonly reason: string };
}

export type NewEndpoint = Pick<Endpoint, 'owner' | 'everybody' | 'url' | 'events' | 'description'> & {
  /** drawn when absent */
  readonly secret?: string;
};

/** `owner` restricts each call to the endpoints of one key; undefined sees all. */
export interface EndpointStore {
  create(endpoint: NewEndpoint): Promise<Endpoint>;
  /** Oldest first. */
  list(owner?: string): Promise<readonly Endpoint[]>;
  get(id: string): Promise<Endpoint | undefined>;
  /** @throws FarmError not_found */
  remove(id: string, owner?: string): Promise<Endpoint>;
  /** Stops sending; what waits for it is dropped when its time comes. */
  disable(id: string, reason: string): Promise<void>;
  /** @throws FarmError not_found */
  enable(id: string, owner?: string): Promise<Endpoint>;
  /** A new secret; the one before signs beside it for `overlapMs`. @throws FarmError not_found */
  rotate(id: string, overlapMs: number, owner?: string): Promise<Endpoint>;
}

export function openEndpoints({ redis, prefix }: Connection): EndpointStore {
  const keys = webhookKeys(prefix);

  async function get(id: string): Promise<Endpoint | undefined> {
    const text = await translate(() => redis.hget(keys.endpoints, id));
    return text === null ? undefined : (JSON.parse(text) as Endpoint);
  }
  async function need(id: string, owner?: string): Promise<Endpoint> {
    const endpoint = await get(id);
    if (endpoint && (owner === undefined || endpoint.owner === owner)) return endpoint;
    throw new FarmError('not_found', `there is no webhook endpoint ${id}`);
  }
  async function put(endpoint: Endpoint): Promise<Endpoint> {
    const { id, events, disabled } = endpoint;
    const progress = !disabled && events?.includes('job.progress');
    const writing = redis.multi().hset(keys.endpoints, id, JSON.stringify(endpoint));
    await execAll(
      progress ? writing.sadd(keys.progressEndpoints, id) : writing.srem(keys.progressEndpoints, id),
    );
    return endpoint;
  }

  return {
    get,
    create: ({ secret, ...given }) =>
      put({
        ...given,
        id: `ep_${randomBytes(9).toString('hex')}`,
        secret: { current: secret ?? newWebhookSecret() },
        createdAt: Date.now(),
      }),
    async list(owner) {
      const texts = await translate(() => redis.hvals(keys.endpoints));
      return texts
        .map((text) => JSON.parse(text) as Endpoint)
        .filter((endpoint) => owner === undefined || endpoint.owner === owner)
        .sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
    },
    async remove(id, owner) {
      const endpoint = await need(id, owner);
      await execAll(redis.multi().hdel(keys.endpoints, id).srem(keys.progressEndpoints, id));
      return endpoint;
    },
    async disable(id, reason) {
      const endpoint = await get(id);
      if (endpoint) await put({ ...endpoint, disabled: { at: Date.now(), reason } });
    },
    async enable(id, owner) {
      const { disabled: _disabled, ...endpoint } = await need(id, owner);
      return put(endpoint);
    },
    async rotate(id, overlapMs, owner) {
      const endpoint = await need(id, owner);
      return put({ ...endpoint, secret: rotateSecret(endpoint.secret, Date.now(), overlapMs) });
    },
  };
}
