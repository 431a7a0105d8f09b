import { createSend, type HttpOptions } from './http.ts';

/** A delivery as the API shows it, with its log. */
export interface WebhookDelivery {
  readonly id: string;
  readonly status: 'pending' | 'delivered' | 'dead' | 'dropped';
  readonly webhook_id: string;
  readonly type: string;
  readonly sequence: number;
  readonly job?: string;
  readonly batch?: string;
  readonly endpoint?: string;
  readonly url: string;
  readonly created_at: string;
  readonly next_attempt_at?: string;
  readonly reason?: string;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly request_id: string;
    readonly at: string;
    readonly latency_ms: number;
    readonly status?: number;
    readonly error?: string;
    readonly reply?: string;
    readonly next_attempt_at?: string;
  }[];
}

export interface WebhookSecretReply {
  readonly secret: string;
  readonly previous_until?: string;
}

/** The webhook side of one farm. Every call rejects with ApiError. */
export interface WebhookClient {
  /** Newest first. */
  deliveries(filter?: { job?: string; status?: string; limit?: number }): Promise<readonly WebhookDelivery[]>;
  redeliver(delivery: string): Promise<WebhookDelivery>;
  /** Sends `webhook.test` to a standing endpoint. */
  test(endpoint: string): Promise<{ readonly webhook_id: string; readonly delivery: string }>;
  secret(): Promise<WebhookSecretReply>;
  /**
   * Replaces the secret of the API key, or of one endpoint.
   * @param overlap how long both sign: `24h`, `30m`
   */
  rotateSecret(options: { overlap: string; endpoint?: string }): Promise<WebhookSecretReply>;
}

export function createWebhookClient(options: HttpOptions): WebhookClient {
  const send = createSend(options);
  const call = async <T>(method: 'GET' | 'POST', path: string, query: Record<string, string> = {}) => {
    const search = new URLSearchParams(query);
    const response = await send({
      method,
      path: `/v1/webhooks/${path}${search.size > 0 ? `?${search}` : ''}`,
    });
    return (await response.json()) as T;
  };
  return {
    async deliveries(filter = {}) {
      const given = Object.entries(filter).filter(([, value]) => value !== undefined);
      const query = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
      return (await call<{ data: WebhookDelivery[] }>('GET', 'deliveries', query)).data;
    },
    redeliver: (id) => call('POST', `deliveries/${encodeURIComponent(id)}/redeliver`),
    test: (id) => call('POST', `endpoints/${encodeURIComponent(id)}/test`),
    secret: () => call('GET', 'secret'),
    rotateSecret: ({ overlap, endpoint }) =>
      call('POST', `${endpoint ? `endpoints/${encodeURIComponent(endpoint)}/` : ''}secret/rotate`, {
        overlap,
      }),
  };
}
