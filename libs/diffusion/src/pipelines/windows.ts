import type { WindowPlan } from '../request.ts';

export interface WindowRule {
  /** Longest stretch that the model samples at once, `1 + k * temporal`. */
  readonly frames: number;
  /** Frames of a window that the next one begins with. */
  readonly overlap: number;
  /** Frames per latent frame after the first. */
  readonly temporal: number;
  /** True when every window must have the full length. */
  readonly fixed: boolean;
}

/** The shortest length `1 + k * temporal` that holds `frames`. */
export function latentAligned(frames: number, temporal: number): number {
  return 1 + Math.ceil((frames - 1) / temporal) * temporal;
}

/** Covers `total` frames with windows that overlap; what the last one has too much is trimmed by the caller. */
export function planWindows(total: number, rule: WindowRule): WindowPlan[] {
  const length = (wanted: number) =>
    rule.fixed ? rule.frames : Math.min(rule.frames, latentAligned(wanted, rule.temporal));
  const windows: WindowPlan[] = [{ start: 0, frames: length(total), overlap: 0 }];
  for (let covered = windows[0]!.frames; covered < total; ) {
    const start = covered - rule.overlap;
    const frames = length(total - start);
    windows.push({ start, frames, overlap: rule.overlap });
    covered = start + frames;
  }
  return windows;
}
