import type { z } from 'zod';
import { type ErrorDetail, FarmError } from '../errors.ts';
import type { FamilySpec } from './family.ts';

const LONGEST_NAME = 80;

/**
 * Turns what a schema found into one error: the first problem is its message, all of them its detail.
 *
 * @param renamed old field names whose refusal should name the new one
 */
export function schemaError(
  error: z.ZodError,
  type: FamilySpec['refusal'],
  renamed: Readonly<Record<string, string>> = {},
): FarmError {
  const detail = error.issues.flatMap((issue) => detailsOf(issue, renamed));
  const first = detail[0]!;
  const param = first.loc.slice(1).join('.');
  return new FarmError(type, param ? `${param}: ${first.msg}` : first.msg, {
    param: param || 'body',
    detail,
  });
}

function detailsOf(issue: z.core.$ZodIssue, renamed: Readonly<Record<string, string>>): ErrorDetail[] {
  const path = issue.path.map(cleanSegment);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      loc: ['body', ...path, cleanName(key)],
      msg: path.length === 0 && Object.hasOwn(renamed, key) ? `use "${renamed[key]}"` : 'unknown field',
      type: 'unknown_field',
    }));
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.toSorted((a, b) => deepest(b) - deepest(a))[0] ?? [];
    const nested = branch.flatMap((inner) =>
      detailsOf({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, {}),
    );
    if (nested.length > 0) return nested;
  }
  return [{ loc: ['body', ...path], msg: messageOf(issue), type: issue.code }];
}

function deepest(branch: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...branch.map((issue) => issue.path.length));
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message;
  const missing = issue.input === undefined && issue.message.includes('received undefined');
  return missing ? 'required' : `must be ${article(String(issue.expected))}`;
}

function article(expected: string): string {
  if (expected === 'int') return 'an integer';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

function cleanSegment(segment: PropertyKey): string | number {
  return typeof segment === 'number' ? segment : cleanName(String(segment));
}

/** Field names come from the client: kept short and printable before they are said back. */
function cleanName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return name.replace(/[\u0000-\u001f\u007f]/g, '?').slice(0, LONGEST_NAME);
}
