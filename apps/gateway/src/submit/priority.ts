import type { Priority } from '@worldfarm/core';

const ORDER: readonly Priority[] = ['low', 'normal', 'high'];

/** The priority asked for, but not above the caller's ceiling; `normal` when none was asked for. */
export function clampPriority(asked: Priority | undefined, ceiling: Priority = 'high'): Priority {
  const rank = Math.min(ORDER.indexOf(asked ?? 'normal'), ORDER.indexOf(ceiling));
  return ORDER[rank]!;
}
