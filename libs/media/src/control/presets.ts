export type Preset = 'very_low' | 'low' | 'medium' | 'high' | 'very_high';

/**
 * Gradient thresholds of edge detection, low and high, of the range 0 to 1. A higher preset keeps fewer
 * edges. They are in the proportions of the field's Canny presets (20/50, 50/100, 100/200, 200/300, 300/400).
 */
export const EDGE_THRESHOLDS: Readonly<Record<Preset, readonly [low: number, high: number]>> = {
  very_low: [0.05, 0.125],
  low: [0.125, 0.25],
  medium: [0.25, 0.5],
  high: [0.5, 0.75],
  very_high: [0.75, 1],
};

/** How many times smaller a frame becomes before it is blown up again. */
export const BLUR_FACTORS: Readonly<Record<Preset, number>> = {
  very_low: 2,
  low: 4,
  medium: 8,
  high: 16,
  very_high: 32,
};
