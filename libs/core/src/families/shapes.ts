import { ASPECTS, type Aspect, RESOLUTION_512, RESOLUTIONS, type Size, type Tier } from '../tiers.ts';

/** Short-side classes that the 2.5 dialects name; 512 queues with tier 480. */
export const CLASSES_25 = ['256', '480', '512', '720'] as const;
export type Class25 = (typeof CLASSES_25)[number];

/** Class and aspect keys of predict2.5: a bare class means 16:9. */
export const KEYS_25: readonly string[] = CLASSES_25.flatMap((name) => [
  name,
  ...ASPECTS.map((aspect) => `${name}_${aspect}`),
]);

export function tierOfClass(name: Class25): Tier {
  return name === '512' ? '480' : name;
}

export function shapesOfClass(name: Class25): Record<Aspect, Size> {
  return name === '512' ? RESOLUTION_512 : RESOLUTIONS[name];
}

/** The shape of a key of {@link KEYS_25}. */
export function shapeOfKey(key: string): Size & { tier: Tier } {
  const name = key.slice(0, 3) as Class25;
  const aspect = (key.slice(4) || '16_9') as Aspect;
  return { tier: tierOfClass(name), ...shapesOfClass(name)[aspect] };
}

/** The shape of a class whose aspect ratio is nearest to a clip's, on a logarithmic scale. */
export function nearestShape(name: Class25, clip: Size): Size {
  const distance = (size: Size) =>
    Math.abs(Math.log((size.width / size.height) * (clip.height / clip.width)));
  return Object.values(shapesOfClass(name)).toSorted((a, b) => distance(a) - distance(b))[0]!;
}
