import type { Gateway } from '../gateway.ts';
import type { Call, Reply } from '../http/call.ts';

/** `GET /v1/metrics`: Prometheus text. */
export async function metrics(_call: Call, gateway: Gateway): Promise<Reply> {
  const { text, contentType } = await gateway.metrics.scrape();
  return { status: 200, headers: { 'Content-Type': contentType }, body: text };
}
