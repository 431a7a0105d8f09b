import { z } from 'zod';

/** A resolution tier: the short side class that a request names and a queue is split by. */
export const tierSchema = z.enum(['256', '480', '720']);
export type Tier = z.infer<typeof tierSchema>;

export const TIERS = tierSchema.options;

/** Aspect suffixes of the Cosmos3 resolution table, `_16_9` first because bare tiers mean it. */
export const ASPECTS = ['16_9', '1_1', '9_16', '4_3', '3_4'] as const;
export type Aspect = (typeof ASPECTS)[number];

export interface Size {
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
}

/** Cosmos3 canonical output shapes (source: the NIM API page, "Output resolution shapes"). */
export const RESOLUTIONS: Record<Tier, Record<Aspect, Size>> = {
  '256': {
    '16_9': { width: 320, height: 192 },
    '1_1': { width: 256, height: 256 },
    '9_16': { width: 192, height: 320 },
    '4_3': { width: 320, height: 256 },
    '3_4': { width: 256, height: 320 },
  },
  '480': {
    '16_9': { width: 832, height: 480 },
    '1_1': { width: 640, height: 640 },
    '9_16': { width: 480, height: 832 },
    '4_3': { width: 736, height: 544 },
    '3_4': { width: 544, height: 736 },
  },
  '720': {
    '16_9': { width: 1280, height: 720 },
    '1_1': { width: 960, height: 960 },
    '9_16': { width: 720, height: 1280 },
    '4_3': { width: 1104, height: 832 },
    '3_4': { width: 832, height: 1104 },
  },
};

/** The 15 keys and the 3 bare tiers, as a client may write them. */
export const RESOLUTION_KEYS: readonly string[] = TIERS.flatMap((tier) => [
  tier,
  ...ASPECTS.map((aspect) => `${tier}_${aspect}`),
]);

/**
 * The half-way shapes that Predict2.5 and Transfer2.5 know beside the table; they queue with tier 480.
 * Source: nvidia-cosmos/cosmos-predict2.5, the video resolution table of its dataset utilities.
 */
export const RESOLUTION_512: Record<Aspect, Size> = {
  '16_9': { width: 640, height: 384 },
  '1_1': { width: 512, height: 512 },
  '9_16': { width: 384, height: 640 },
  '4_3': { width: 640, height: 512 },
  '3_4': { width: 512, height: 640 },
};

/** Longest clip of a tier in frames (source: the NIM API page, "Per-tier maximum num_output_frames"). */
export const MAX_FRAMES: Record<Tier, number> = { '256': 397, '480': 297, '720': 197 };

/** Reads a resolution key such as `480_4_3`; a bare tier means 16:9. Returns undefined when it is not in the table. */
export function parseResolution(key: string): ({ tier: Tier; aspect: Aspect } & Size) | undefined {
  if (!RESOLUTION_KEYS.includes(key)) return undefined;
  const tier = key.slice(0, 3) as Tier;
  const aspect = (key.slice(4) || '16_9') as Aspect;
  return { tier, aspect, ...RESOLUTIONS[tier][aspect] };
}

/**
 * The smallest tier whose canonical pixel count covers a free size (predict1 names pixels, not tiers).
 * 704 x 1280 is tier 720; 480 x 832 is 480.
 */
export function tierOfSize({ width, height }: Size): Tier {
  const pixels = width * height;
  const covers = (tier: Tier) =>
    pixels <= Math.max(...ASPECTS.map((a) => RESOLUTIONS[tier][a].width * RESOLUTIONS[tier][a].height));
  return TIERS.find(covers) ?? '720';
}
