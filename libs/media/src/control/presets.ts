export type Preset = 'very_low' | 'low' | 'medium' | 'high' | 'very_high';

/**
 * Canny thresholds as the field sets them, low and high: OpenCV's scale, sums of |gx| + |gy| over a Sobel
 * kernel on 0 to 255. A higher preset keeps fewer edges.
 */
export const EDGE_THRESHOLDS: Readonly<Record<Preset, readonly [low: number, high: number]>> = {
  very_low: [20, 50],
  low: [50, 100],
  medium: [100, 200],
  high: [200, 300],
  very_high: [300, 400],
};

/** How many times smaller a frame becomes before it is blown up again. */
export const BLUR_FACTORS: Readonly<Record<Preset, number>> = {
  very_low: 2,
  low: 4,
  medium: 8,
  high: 16,
  very_high: 32,
};
