import { Readable } from 'node:stream';
import { FarmError, families, type JobRecord } from '@worldfarm/core';
import type { ObjectStore } from '@worldfarm/storage';
import type { Reply } from '../http/call.ts';
import { base64Stream, base64Length } from './base64-stream.ts';
import { failureOf } from './outcome.ts';

/**
 * The family's reply to a finished job. The media goes from storage through base64 to the caller piece by
 * piece; its length is known beforehand.
 *
 * @throws FarmError for a job without a result
 */
export async function familyReply(
  record: JobRecord,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<Reply> {
  if (record.status !== 'succeeded') throw failureOf(record);
  const { spec, output } = record;
  const shape = families[spec.family].reply({
    mode: spec.mode,
    seed: spec.plan.seed,
    prompt: String(spec.input.prompt ?? ''),
    upsampledPrompt: spec.upsampledPrompt,
    upsample: spec.plan.upsample,
  });
  const file = shape.media === 'b64_image' ? output?.image : output?.video;
  if (!file) throw new FarmError('gone', 'the output is not there any more', { jobId: spec.id });
  const object = await store.get(file.key, { signal });
  const rest = JSON.stringify(shape.fields);
  const head = Buffer.from(`{${JSON.stringify(shape.media)}:"`);
  const tail = Buffer.from(rest === '{}' ? '"}' : `",${rest.slice(1)}`);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(head.length + base64Length(object.bytes) + tail.length),
      'Worldfarm-Job-Id': spec.id,
    },
    body: Readable.from(base64Stream(object.body, head, tail), {
      objectMode: false,
      highWaterMark: 64 * 1024,
    }),
  };
}
