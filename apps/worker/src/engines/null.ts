import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Profile } from '@worldfarm/core';
import { z } from 'zod';
import type { Engine } from './engine.ts';

const settingsSchema = z.object({ type: z.literal('null'), stepMs: z.number().nonnegative().default(0) });

/**
 * Renders nothing, at a given pace, into a file of a few bytes: for measuring and shaking the farm itself.
 * The bytes depend on the plan alone, like a real render's.
 */
export async function openNullEngine(profile: Profile): Promise<Engine> {
  const { stepMs } = settingsSchema.parse(profile.pipeline ?? { type: 'null' });
  return {
    profile,
    version: 'null 1',
    async render(plan, inputs, { signal, onProgress }) {
      for (let step = 1; stepMs > 0 && step <= plan.steps; step++) {
        await wait(stepMs, undefined, { signal }).catch(() => signal.throwIfAborted());
        onProgress({ stage: 'steps', step, steps: plan.steps, value: step / plan.steps });
      }
      signal.throwIfAborted();
      const path = join(inputs.folder, 'video.mp4');
      writeFileSync(path, `null render of seed ${plan.seed}: ${plan.prompt}\n`);
      const { width, height, frames, fps } = plan;
      return {
        kind: 'file',
        path,
        timings: () => ({}),
        warnings: [],
        claimed: { width, height, frames, fps, codec: 'null' },
      };
    },
    close: async () => {},
  };
}
