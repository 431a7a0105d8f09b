import { createHash, randomInt } from 'node:crypto';
import {
  assertServes,
  type ClipInfo,
  type Family,
  FarmError,
  families,
  type JobRecord,
  type JobSpec,
  mapPlanMedia,
  newJobId,
  type Profile,
  type RenderPlan,
  readBody,
} from '@worldfarm/core';
import { submitInSpan } from '@worldfarm/service';
import type { Gateway } from '../gateway.ts';
import type { Call } from '../http/call.ts';
import { storeMedia } from '../media/intake.ts';
import { preparePrompt } from '../prompt/prepare.ts';
import { chooseFamily, nativeNote } from './choose.ts';
import { clampPriority } from './priority.ts';
import type { FarmOptions } from './options.ts';
import { withPath } from './with-path.ts';

/** What is asked for: an infer body and the farm's own options. */
export interface Wish {
  readonly body: unknown;
  readonly options: FarmOptions;
  /** settled by the face that took the request */
  readonly family?: Family;
}

const LARGEST_SEED = 2 ** 32;

/**
 * Accepts a job: reads the body in its dialect, finds the profile, stores the media, and queues it.
 * Nothing is queued from a body that is refused.
 *
 * @throws FarmError whatever is wrong with it
 */
export async function accept(wish: Wish, call: Call, gateway: Gateway): Promise<JobRecord> {
  const body = asObject(wish.body);
  const { options } = wish;
  const profile = await findProfile(options, gateway);
  const family =
    wish.family ??
    chooseFamily(body, profile, {
      named: options.profile !== undefined,
      defaultFamily: gateway.config.defaultFamily,
    });
  const asked = readBody(families[family], body, { drawSeed: () => randomInt(LARGEST_SEED) });
  assertServes(profile, asked);
  await assertCapacity(profile, gateway);

  const rewritten = await preparePrompt(asked, gateway.prompts, gateway.logger, call.signal);

  let input: Record<string, unknown> = body;
  let clip: ClipInfo | undefined;
  const stored = await mapPlanMedia(asked, async (source) => {
    const media = await storeMedia(source, call.uploads, gateway, call.signal);
    if (source === asked.video) clip = media.clip;
    input = withPath(input, source.field, media.ref.key);
    return media.ref;
  });
  const plan: RenderPlan = {
    ...stored,
    ...(clip && families[family].follow?.(stored, clip)),
    ...(rewritten !== undefined && { prompt: rewritten }),
  };

  const spec: JobSpec = {
    id: newJobId(),
    family,
    mode: plan.mode,
    profile: profile.id,
    tier: plan.tier,
    priority: clampPriority(options.priority, call.caller.limits.priority),
    createdAt: Date.now(),
    input,
    plan,
    output: { ...gateway.config.output, ...options.output },
    owner: call.caller.owner,
    tags: options.tags,
    ...(options.webhook && { webhook: options.webhook }),
    ...(options.deadlineSeconds && { deadlineAt: Date.now() + options.deadlineSeconds * 1000 }),
    ...(options.timeoutSeconds && { timeoutSeconds: options.timeoutSeconds }),
    ...(options.outputPrefix && { outputPrefix: options.outputPrefix }),
    ...(rewritten !== undefined && { upsampledPrompt: rewritten }),
    warnings: [...plan.warnings, ...nativeNote(profile, asked)],
  };
  const { record, existing } = await submitInSpan(gateway.tracing, spec, call.span, (traced) =>
    gateway.farm.jobs.submit(traced, {
      ...(options.idempotencyKey && {
        idempotency: { key: options.idempotencyKey, digest: digestOf(input, options) },
      }),
      limits: {
        queueDepth: gateway.config.queueDepth,
        ownerQueued: call.caller.limits.queued,
        ownerActive: call.caller.limits.active,
      },
    }),
  );
  call.span.set({ 'worldfarm.job.id': record.spec.id });
  if (!existing) {
    const { id: job, profile: name, tier } = record.spec;
    gateway.logger.info({ job, profile: name, tier, request: call.id, ...call.span.fields }, 'job accepted');
    gateway.counters.accepted.inc({ profile: spec.profile, tier: spec.tier, family, mode: spec.mode });
  }
  return record;
}

function asObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new FarmError('invalid_request', 'the body must be a JSON object', { param: 'body' });
}

async function findProfile({ profile }: FarmOptions, { catalogue }: Gateway): Promise<Profile> {
  return profile === undefined ? catalogue.fallback() : catalogue.need(profile);
}

/** Where no worker is expected to come by itself, a job that nobody can take is refused. */
async function assertCapacity(profile: Profile, { config, farm }: Gateway): Promise<void> {
  if (config.expectWorkers) return;
  const workers = await farm.workers.list();
  if (workers.some(({ profiles, status }) => profiles.includes(profile.id) && status !== 'stopped')) return;
  throw new FarmError('no_capacity', `no worker serves ${profile.id} now`, { retryAfter: 30 });
}

/** Of what the caller asked for, with media by content; drawn seeds and the clock do not count. */
function digestOf(input: object, options: FarmOptions): string {
  const { idempotencyKey: _, cancelOnDisconnect: __, ...counting } = options;
  return createHash('sha256')
    .update(JSON.stringify([sorted(input), sorted(counting)]))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
