import { readFile } from 'node:fs/promises';
import { planMedia, type RenderPlan } from '@worldfarm/core';
import type { LocalInputs } from '../../stages/inputs.ts';

/** Options that the farm takes in a body and no model server knows. */
const FARM_FIELDS = new Set(['webhook', 'priority', 'deadline', 'timeout', 'tags', 'output', 'profile']);

/**
 * The body that a client sent, for a model server that speaks the same dialect: media keys become base64 again,
 * farm fields go, and the seed is the job's own, so that a second attempt makes the same clip.
 */
export async function upstreamBody(
  body: Readonly<Record<string, unknown>>,
  plan: RenderPlan,
  inputs: Pick<LocalInputs, 'path'>,
): Promise<Record<string, unknown>> {
  const media = new Map(
    await Promise.all(
      planMedia(plan).map(
        async (ref) => [ref.key, (await readFile(inputs.path(ref))).toString('base64')] as const,
      ),
    ),
  );
  const inline = (value: unknown): unknown => {
    if (typeof value === 'string') return media.get(value) ?? value;
    if (Array.isArray(value)) return value.map(inline);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inline(each)]));
  };
  const kept = Object.entries(body).filter(([name]) => !FARM_FIELDS.has(name));
  return { ...(inline(Object.fromEntries(kept)) as Record<string, unknown>), seed: plan.seed };
}
