/** Colours of a camera, 0 to 1, channel by channel as readers of LeRobot want them: shape [3][1][1]. */
export interface PixelStatistics {
  readonly min: number[][][];
  readonly max: number[][][];
  readonly mean: number[][][];
  readonly std: number[][][];
  /** frames that were looked at */
  readonly count: [number];
}

/** Adds frames up, RGB24, one at a time. */
export function startPixelStatistics() {
  const channels = [0, 1, 2].map(() => ({ min: 255, max: 0, sum: 0, squares: 0 }));
  let [frames, pixels] = [0, 0];
  return {
    add(rgb: Uint8Array) {
      frames++;
      pixels += rgb.length / 3;
      for (const [nth, channel] of channels.entries()) {
        for (let at = nth; at < rgb.length; at += 3) {
          const value = rgb[at]!;
          if (value < channel.min) channel.min = value;
          if (value > channel.max) channel.max = value;
          channel.sum += value;
          channel.squares += value * value;
        }
      }
    },
    /** undefined where there was no frame */
    result(): PixelStatistics | undefined {
      if (frames === 0) return undefined;
      const each = (of: (channel: (typeof channels)[number]) => number) =>
        channels.map((channel) => [[of(channel) / 255]]);
      const mean = ({ sum }: { sum: number }) => sum / pixels;
      return {
        min: each(({ min }) => min),
        max: each(({ max }) => max),
        mean: each(mean),
        std: each((channel) => Math.sqrt(Math.max(0, channel.squares / pixels - mean(channel) ** 2))),
        count: [frames],
      };
    },
  };
}
