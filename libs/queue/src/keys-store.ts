import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Connection, execAll, translate } from './connection.ts';
import type { ApiKey, KeyStore } from './keys.ts';

interface StoredKey extends ApiKey {
  readonly digest: string;
}

const SECRET = /^wf_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
const MINUTE_MS = 60_000;

/**
 * API keys in Redis. A secret is `wf_<id>_<256 random bits>`: random enough that one SHA-256 protects it, and
 * quick enough to check at each request.
 */
export function openKeys({ redis, prefix }: Pick<Connection, 'redis' | 'prefix'>): KeyStore {
  const all = `${prefix}:keys`;
  return {
    async create({ name, admin = false, limits = {} }) {
      const id = randomBytes(6).toString('hex');
      const random = randomBytes(32).toString('base64url');
      const key: ApiKey = { id, name, admin, limits, createdAt: Date.now() };
      const stored: StoredKey = { ...key, digest: digestOf(random) };
      await translate(() => redis.hset(all, id, JSON.stringify(stored)));
      return { key, secret: `wf_${id}_${random}` };
    },

    async list() {
      const texts = Object.values(await translate(() => redis.hgetall(all)));
      return texts.map((text) => withoutDigest(JSON.parse(text))).sort((a, b) => a.createdAt - b.createdAt);
    },

    revoke: async (id) => (await translate(() => redis.hdel(all, id))) > 0,

    async verify(secret) {
      const [, id, random] = SECRET.exec(secret) ?? [];
      if (!id || !random) return undefined;
      const text = await translate(() => redis.hget(all, id));
      if (text === null) return undefined;
      const stored = JSON.parse(text) as StoredKey;
      const same = timingSafeEqual(Buffer.from(stored.digest), Buffer.from(digestOf(random)));
      return same ? withoutDigest(stored) : undefined;
    },

    async spend(id, perMinute) {
      const now = Date.now();
      const counter = `${prefix}:rate:${id}:${Math.floor(now / MINUTE_MS)}`;
      const [used] = await execAll(redis.multi().incr(counter).expire(counter, 120));
      return Number(used) > perMinute
        ? { retryAfter: Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1000) }
        : {};
    },
  };
}

function digestOf(random: string): string {
  return createHash('sha256').update(random).digest('hex');
}

function withoutDigest({ digest: _, ...key }: StoredKey): ApiKey {
  return key;
}
