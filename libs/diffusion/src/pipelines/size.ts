import type { Size } from '@worldfarm/core';

/** How far two aspect ratios are apart, the same in both directions. */
function aspectDistance(a: Size, b: Size): number {
  return Math.abs(Math.log((a.width * b.height) / (a.height * b.width)));
}

/**
 * The size to sample at for a wanted size: itself if the model has it; else the native size of the nearest aspect, and
 * among those the smallest that covers it, or the largest.
 */
export function nearestSize(wanted: Size, sizes: readonly Size[]): Size {
  const order = [...sizes].sort((a, b) => {
    const aspect = aspectDistance(a, wanted) - aspectDistance(b, wanted);
    if (Math.abs(aspect) > 1e-6) return aspect;
    const covers = (size: Size) => size.width >= wanted.width;
    if (covers(a) !== covers(b)) return covers(a) ? -1 : 1;
    return covers(a) ? a.width - b.width : b.width - a.width;
  });
  const { width, height } = order[0]!;
  return { width, height };
}
