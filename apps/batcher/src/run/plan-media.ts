import type { MediaSource, RequestedPlan } from '@worldfarm/core';

/** Every media that a plan asks for. */
export function mediaSources({ image, video, controls = [] }: RequestedPlan): MediaSource[] {
  const all = [image, video, ...controls.flatMap(({ media, mask }) => [media, mask])];
  return all.filter((source) => source !== undefined);
}
