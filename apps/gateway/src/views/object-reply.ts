import { FarmError, type OutputFile } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import type { Call, Reply } from '../http/call.ts';

/** 302 to a presigned URL, or the bytes where only we can serve them. One range at a time is understood. */
export async function sendObject(
  file: Pick<OutputFile, 'key' | 'bytes' | 'type' | 'sha256'>,
  call: Pick<Call, 'headers' | 'signal'>,
  { store, config }: Pick<Gateway, 'store' | 'config'>,
): Promise<Reply> {
  const url = await store.presignGet(file.key, { expiresIn: config.presignSeconds });
  if (url) return { status: 302, headers: { Location: url.href, 'Cache-Control': 'no-store' } };
  const range = parseRange(call.headers.range, file.bytes);
  const object = await store.get(file.key, { signal: call.signal, ...(range && { range }) });
  return {
    status: range ? 206 : 200,
    headers: {
      'Content-Type': file.type,
      'Content-Length': String(object.bytes),
      'Accept-Ranges': 'bytes',
      ETag: `"${file.sha256}"`,
      ...(range && { 'Content-Range': `bytes ${range.start}-${range.end}/${object.totalBytes}` }),
    },
    body: object.body,
  };
}

/**
 * Reads a `Range` header. Undefined for none, for units other than bytes and for more than one range: those are
 * answered whole, as HTTP allows.
 * @throws FarmError range_not_satisfiable
 */
export function parseRange(
  header: string | undefined,
  total: number,
): { start: number; end: number } | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === undefined || (from === '' && to === '')) return undefined;
  const start = from === '' ? Math.max(0, total - Number(to)) : Number(from);
  const end = from === '' || to === '' ? total - 1 : Math.min(Number(to), total - 1);
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  if (start >= total || (from === '' && Number(to) === 0)) {
    throw new FarmError('range_not_satisfiable', `the file has ${total} bytes`, { param: 'Range' });
  }
  return { start, end };
}
