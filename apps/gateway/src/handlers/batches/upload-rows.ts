import type { Gateway } from '../../gateway.ts';
import { type Call, json, type Reply } from '../../http/call.ts';
import { storeRows } from './rows-object.ts';

/** `POST /v1/batches/uploads`: JSONL as the body, of any length; answers what a spec's `source.jsonl` says of it. */
export async function uploadRows(call: Call, gateway: Gateway): Promise<Reply> {
  const jsonl = await storeRows(call.body as AsyncIterable<Buffer>, gateway, call.signal);
  return json(201, { object: 'upload', jsonl });
}
