import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const MOST_VALUES = 1_000_000;

/** Words that many datasets vary over; what is here stays as it is, so that grids stay the same. */
const WORDS = {
  weather: ['clear', 'cloudy', 'overcast', 'foggy', 'rainy', 'stormy', 'snowy', 'windy'],
  daytime: ['dawn', 'morning', 'noon', 'afternoon', 'dusk', 'night'],
  season: ['spring', 'summer', 'autumn', 'winter'],
} as const;

/** One thing that varies over a grid: words, numbers, a run of seeds, the images under a prefix. */
export const axisSchema = z.union([
  z.array(scalar).min(1),
  z.strictObject({
    range: z.union([
      z.tuple([z.number(), z.number()]),
      z.tuple([z.number(), z.number(), z.number().refine((step) => step !== 0, 'a step other than 0')]),
    ]),
  }),
  z.strictObject({ seeds: z.int().min(1).max(MOST_VALUES), from: z.int().min(0).default(0) }),
  z.strictObject({ images: z.string().min(1) }),
  z.strictObject({ words: z.enum(Object.keys(WORDS) as [keyof typeof WORDS]) }),
]);
export type Axis = z.infer<typeof axisSchema>;
export type AxisValue = z.infer<typeof scalar>;

/** An axis whose values are counted, and made one at a time. */
export interface Values {
  readonly count: number;
  at(index: number): AxisValue;
}

/**
 * Opens an axis. `[first, last, step]` includes its last value where the steps meet it.
 *
 * @param images what lies under the prefix of an `images` axis, in order
 */
export function openAxis(axis: Axis, images: readonly string[] = []): Values {
  if (Array.isArray(axis)) return listed(axis);
  if ('images' in axis) return listed(images);
  if ('words' in axis) return listed(WORDS[axis.words]);
  if ('seeds' in axis) return { count: axis.seeds, at: (index) => axis.from + index };
  const [first, last, step = 1] = axis.range;
  // Half a millionth of a step forgives what decimal fractions lose.
  const count = Math.max(0, Math.floor((last - first) / step + 5e-7) + 1);
  return { count, at: (index) => Number((first + index * step).toPrecision(12)) };
}

function listed(values: readonly AxisValue[]): Values {
  return { count: values.length, at: (index) => values[index]! };
}
