import {
  type BatchRow,
  batchJobId,
  type ClipInfo,
  families,
  itemId,
  type JobSpec,
  mapPlanMedia,
  type MediaSource,
  planRow,
  type RenderPlan,
} from '@worldfarm/core';
import { sha256 } from '../digest.ts';
import { addressOf, type StoredInput, storeInput } from '../inputs/media.ts';
import type { BatchRun } from './batch-run.ts';

/** The id of a row's job: the same whenever it is fed. */
export function jobOf({ record }: Pick<BatchRun, 'record'>, row: Pick<BatchRow, 'key'>): string {
  return batchJobId(record.id, record.createdAt, row.key, sha256);
}

/** Inputs that several rows name are looked at once in a while. */
export type InputCache = Map<string, { readonly at: number; readonly input: Promise<StoredInput> }>;

const KEPT_INPUTS = 2000;
/** An input that no job refers to is swept in time; well before that it is brought to storage again. */
const KEPT_MS = 600_000;

/**
 * The job of a row, its media brought to storage.
 * @throws FarmError when its media cannot be had
 */
export async function jobSpecOf(row: BatchRow, run: BatchRun, inputs: InputCache): Promise<JobSpec> {
  const { record, config, context } = run;
  const named = row.id === itemId(row.key) ? undefined : row.id;
  const asked = planRow(row.input, named, context);
  let clip: ClipInfo | undefined;
  const stored = await mapPlanMedia(asked, async (source) => {
    const input = await once(source, run, inputs);
    if (source === asked.video) clip = input.clip;
    return input.ref;
  });
  const plan: RenderPlan = { ...stored, ...(clip && families[asked.family].follow?.(stored, clip)) };
  return {
    id: jobOf(run, row),
    family: plan.family,
    mode: plan.mode,
    profile: run.profile.id,
    tier: plan.tier,
    priority: record.spec.priority,
    createdAt: Date.now(),
    input: row.input,
    plan,
    output: config.output,
    owner: record.owner,
    tags: { ...record.spec.tags, ...row.tags },
    batch: record.id,
    warnings: plan.warnings,
  };
}

function once(source: MediaSource, run: BatchRun, inputs: InputCache): Promise<StoredInput> {
  const address = addressOf(source);
  const name = address && `${source.kind} ${address}`;
  const known = name === undefined ? undefined : inputs.get(name);
  if (known && known.at > Date.now() - KEPT_MS)
    return known.input.then(({ ref, clip }) => ({ ref: { ...ref }, clip }));
  const fresh = storeInput(source, run, run.signal);
  if (name === undefined) return fresh;
  if (inputs.size >= KEPT_INPUTS) inputs.delete(inputs.keys().next().value!);
  inputs.set(name, { at: Date.now(), input: fresh });
  fresh.catch(() => inputs.delete(name));
  return fresh;
}
