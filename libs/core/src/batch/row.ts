import { z } from 'zod';
import { type ErrorDetail, FarmError } from '../errors.ts';
import { discriminateFamily, families, readBody } from '../families/index.ts';
import { uploadText } from '../media.ts';
import type { Family } from '../modes.ts';
import type { OutputPlan, RequestedPlan } from '../plan.ts';
import type { Profile } from '../profile.ts';
import { assertServes } from '../serves.ts';
import { derivedSeed, itemId, renderKey } from './ids.ts';
import type { Digest } from './canonical.ts';
import { rowTags, splitName } from './spec.ts';
import { splitOf, type SplitShares } from './split.ts';

/** A row that can be rendered, as it is kept between validation and submission. */
export interface BatchRow {
  /** line of the JSONL, or place in the grid, from 1 */
  readonly line: number;
  readonly id: string;
  /** names the render by content */
  readonly key: string;
  readonly split: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** One thing wrong with one line. */
export interface RowError {
  readonly line: number;
  readonly id?: string;
  /** dotted path of the field at fault */
  readonly field?: string;
  readonly type: string;
  readonly message: string;
}

export interface RowContext {
  readonly profile: Profile;
  /** {@link profileDigest} of it */
  readonly build: string;
  /** the dialect of bodies that do not show theirs */
  readonly family: Family;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly output: OutputPlan;
  readonly splits: SplitShares;
  readonly splitBy: 'row' | 'prompt';
  readonly digest: Digest;
}

export type ReadRow =
  | { readonly row: BatchRow; readonly plan: RequestedPlan }
  | { readonly errors: RowError[] };

export const LONGEST_LINE = 150_000_000;

const lineSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'an id is 1 to 100 of A-Z a-z 0-9 _ -')
    .optional(),
  input: z.record(z.string(), z.unknown()),
  tags: rowTags.optional(),
  split: splitName.optional(),
});

/** Reads one line of a JSONL source. */
export function readLine(text: string, line: number, context: RowContext): ReadRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      errors: [
        { line, type: 'invalid_json', message: `not JSON: ${(error as Error).message.slice(0, 120)}` },
      ],
    };
  }
  return readRow(value, line, context);
}

/** Reads one row, `{id?, input, tags?, split?}`: its shape, its body in its dialect, and whether the profile serves it. */
export function readRow(value: unknown, line: number, context: RowContext): ReadRow {
  const shape = lineSchema.safeParse(value);
  if (!shape.success) return { errors: shape.error.issues.flatMap((issue) => shapeErrors(issue, line)) };
  const { id, tags, split } = shape.data;
  const input = { ...context.defaults, ...shape.data.input };
  try {
    const plan = planRow(input, id, context);
    const key = renderKey(plan, context.output, context.build, context.digest);
    const kept = id ?? itemId(key);
    const group = context.splitBy === 'prompt' ? plan.prompt : (id ?? key);
    return {
      plan,
      row: {
        line,
        id: kept,
        key,
        split: split ?? splitOf(group, context.splits, context.digest),
        input,
        ...(tags && { tags }),
      },
    };
  } catch (error) {
    if (!(error instanceof FarmError)) throw error;
    return { errors: bodyErrors(error, line, id) };
  }
}

/**
 * The plan of a row's body. A seed that is not given follows from the row.
 * @throws FarmError naming the field
 */
export function planRow(
  input: Readonly<Record<string, unknown>>,
  id: string | undefined,
  { profile, family, digest }: Pick<RowContext, 'profile' | 'family' | 'digest'>,
): RequestedPlan {
  const usual = profile.families.includes(family) ? family : profile.families[0]!;
  const dialect = profile.families.length === 1 ? usual : discriminateFamily(input, usual);
  const plan = readBody(families[dialect], withStored(input), {
    drawSeed: () => derivedSeed(input, id, digest),
  });
  assertServes(profile, plan);
  return plan;
}

const STORED = /^(s3|store):\/\//;
const MEDIA_FIELDS = new Set(['image', 'video', 'input_reference', 'control', 'mask']);

/** Media that lie in storage already are named `s3://bucket/key` or `store://key`; dialects know them as set aside. */
function withStored(value: unknown, field = ''): unknown {
  if (typeof value === 'string')
    return MEDIA_FIELDS.has(field) && STORED.test(value) ? uploadText(value) : value;
  if (Array.isArray(value)) return value.map((item) => withStored(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withStored(inner, name)]));
}

/** The address of a stored media, if that is what an upload id of a row is. */
export function storedAddress(id: string): string | undefined {
  return STORED.test(id) ? id : undefined;
}

function shapeErrors(issue: z.core.$ZodIssue, line: number): RowError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      line,
      field: key.slice(0, 80),
      type: 'unknown_field',
      message: 'unknown field',
    }));
  }
  const field = issue.path.join('.');
  const missing = issue.code === 'invalid_type' && field === 'input';
  return [
    {
      line,
      ...(field && { field }),
      type: issue.code,
      message: missing ? 'input: a body is required' : field ? issue.message : 'a line must be a JSON object',
    },
  ];
}

function bodyErrors(error: FarmError, line: number, id: string | undefined): RowError[] {
  const named = id === undefined ? {} : { id };
  const inside = (field: string) => (field && field !== 'body' ? `input.${field}` : 'input');
  if (error.detail.length === 0) {
    return [{ line, ...named, field: inside(error.param ?? ''), type: error.type, message: error.message }];
  }
  return error.detail.map(({ loc, msg, type }: ErrorDetail) => ({
    line,
    ...named,
    field: inside(loc.slice(1).join('.')),
    type,
    message: msg,
  }));
}
