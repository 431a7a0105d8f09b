import type { Gateway } from '../../gateway.ts';
import type { Call, Reply } from '../../http/call.ts';
import { sendObject } from '../../views/object-reply.ts';

/** An object as a reply; undefined when there is none. */
export async function sendStored(key: string, call: Call, gateway: Gateway): Promise<Reply | undefined> {
  const info = await gateway.store.head(key, { signal: call.signal });
  if (!info) return undefined;
  const file = { key, bytes: info.bytes, type: info.contentType, sha256: info.etag.replaceAll('"', '') };
  return sendObject(file, call, gateway);
}
