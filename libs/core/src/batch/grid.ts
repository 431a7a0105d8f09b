import { z } from 'zod';
import { type AxisValue, axisSchema, openAxis, type Values } from './axes.ts';
import { permuted } from './permute.ts';
import { fillTemplate, holesOf } from './template.ts';

const axisName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'an axis name is letters, digits and _');

/** A template and what varies in it: every combination, or a sample of them. */
export const gridSchema = z
  .strictObject({
    template: z.record(z.string(), z.unknown()),
    axes: z.record(axisName, axisSchema).refine((axes) => Object.keys(axes).length > 0, 'at least one axis'),
    /** groups of axes that go in step instead of being multiplied */
    zip: z.array(z.array(axisName).min(2)).default([]),
    /** this many combinations, drawn evenly and always the same for one `sample_seed` */
    sample: z.int().min(1).optional(),
    sample_seed: z.int().min(0).max(0xffffffff).default(0),
  })
  .superRefine(({ template, axes, zip }, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const holes = holesOf(template);
    for (const name of Object.keys(axes)) {
      if (!holes.has(name)) complain(['axes', name], `the template has no {${name}}`);
    }
    const grouped = zip.flat();
    for (const name of grouped) {
      if (!Object.hasOwn(axes, name)) complain(['zip'], `there is no axis ${name}`);
      if (grouped.filter((other) => other === name).length > 1) complain(['zip'], `${name} is zipped twice`);
    }
  });
export type Grid = z.infer<typeof gridSchema>;

export interface OpenGrid {
  /** rows of the grid, or of its sample */
  readonly count: number;
  /** The body of row 0..count-1. */
  at(index: number): unknown;
}

/**
 * Opens a grid. The last axis varies fastest; axes that are zipped count as one, as long as the shortest of them.
 *
 * @param images what lies under the prefix of each `images` axis, by axis name
 */
export function openGrid(
  { template, axes, zip, sample, sample_seed }: Grid,
  images: Readonly<Record<string, readonly string[]>> = {},
): OpenGrid {
  const open = (name: string) => openAxis(axes[name]!, images[name]);
  const zipped = new Set(zip.flat());
  const groups = [
    ...zip,
    ...Object.keys(axes)
      .filter((name) => !zipped.has(name))
      .map((name) => [name]),
  ];
  const order = Object.keys(axes);
  const digits = groups
    .map((names) => together(names, names.map(open)))
    .sort((a, b) => order.indexOf(a.names[0]!) - order.indexOf(b.names[0]!));
  const product = digits.reduce((total, { count }) => total * count, 1);

  return {
    count: Math.min(sample ?? product, product),
    at(index) {
      let rest = sample === undefined ? index : permuted(index, product, sample_seed);
      const values: Record<string, AxisValue> = {};
      for (const { count, fill } of digits.toReversed()) {
        fill(rest % count, values);
        rest = Math.floor(rest / count);
      }
      return fillTemplate(template, values);
    },
  };
}

function together(names: readonly string[], open: readonly Values[]) {
  return {
    names,
    count: Math.min(...open.map(({ count }) => count)),
    fill(index: number, into: Record<string, AxisValue>) {
      for (const [nth, name] of names.entries()) into[name] = open[nth]!.at(index);
    },
  };
}
