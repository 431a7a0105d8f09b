import { randomUUID } from 'node:crypto';
import type { JobSpec } from '@worldfarm/core';

/** A small valid job; what matters to a test is given. */
export function aJob(over: Partial<JobSpec> = {}): JobSpec {
  const tier = over.tier ?? '256';
  return {
    id: randomUUID(),
    family: 'cosmos3-generator',
    mode: 'text2video',
    profile: 'null',
    tier,
    priority: 'normal',
    createdAt: Date.now(),
    input: { prompt: 'a red circle' },
    plan: {
      family: 'cosmos3-generator',
      mode: 'text2video',
      tier,
      width: 320,
      height: 192,
      prompt: 'a red circle',
      seed: 1,
      steps: 4,
      guidance: 3,
      frames: 25,
      fps: 24,
      warnings: [],
    },
    output: { container: 'mp4', codec: 'h264', quality: 5 },
    owner: 'anonymous',
    tags: {},
    warnings: [],
    ...over,
  };
}
