import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  batchId,
  batchSpecSchema,
  type BatchSpec,
  type Digest,
  isBatchFinal,
  outputPrefix,
  profileDigest,
  schemaError,
  specDigest,
} from '@worldfarm/core';
import type { BatchRecord } from '@worldfarm/queue';
import type { Gateway } from '../../gateway.ts';
import { type Call, json, type Reply } from '../../http/call.ts';
import { clampPriority } from '../../submit/priority.ts';
import { storeRows } from './rows-object.ts';
import { viewBatch } from './view.ts';

const sha256: Digest = (text) => createHash('sha256').update(text).digest('hex');

/** A dry run is answered when it is through, within this time. */
const DRY_RUN_SECONDS = 60;
const POLL_MS = 200;

/** `POST /v1/batches`: 202 with the batch, which is validated before anything is rendered; 200 for a dry run. */
export async function createBatch(call: Call, gateway: Gateway): Promise<Reply> {
  const result = batchSpecSchema.safeParse(call.body);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  return submitBatch(result.data, call, gateway);
}

/** Makes a batch of a spec, or goes on with the one there is. */
export async function submitBatch(given: BatchSpec, call: Call, gateway: Gateway): Promise<Reply> {
  const { farm, catalogue } = gateway;
  const { owner, limits } = call.caller;
  const profile = given.profile ? await catalogue.need(given.profile) : await catalogue.fallback();
  const spec: BatchSpec = {
    ...given,
    source: await keptSource(given.source, call, gateway),
    priority: clampPriority(given.priority, limits.priority),
    max_active: Math.min(given.max_active, limits.queued ?? given.max_active),
  };
  // A dry run leaves the batch of that name alone.
  const name = spec.dry_run ? `${spec.name} (dry run of ${call.id})` : spec.name;
  const record = await farm.batches.create({
    id: batchId(owner, name, outputPrefix(spec), sha256),
    owner,
    spec,
    digest: specDigest(spec, profileDigest(profile, sha256), sha256),
    profile: profile.id,
  });
  const seen = spec.dry_run ? await awaitEnd(record, gateway, call.signal) : record;
  return json(spec.dry_run && isBatchFinal(seen.status) ? 200 : 202, await viewBatch(seen, gateway), {
    Location: `/v1/batches/${record.id}`,
  });
}

/** Rows that came in the spec go to storage, named by content: records stay small, and equal specs equal. */
async function keptSource(
  source: BatchSpec['source'],
  call: Call,
  gateway: Gateway,
): Promise<BatchSpec['source']> {
  if (!('jsonl' in source) || !/^\s*\{|\n/.test(source.jsonl)) return source;
  return { jsonl: await storeRows([Buffer.from(source.jsonl)], gateway, call.signal) };
}

async function awaitEnd(record: BatchRecord, { farm }: Gateway, gone: AbortSignal): Promise<BatchRecord> {
  const deadline = Date.now() + DRY_RUN_SECONDS * 1000;
  let now = record;
  while (!isBatchFinal(now.status) && Date.now() < deadline) {
    await wait(POLL_MS, undefined, { signal: gone });
    now = (await farm.batches.get(record.id)) ?? now;
  }
  return now;
}
