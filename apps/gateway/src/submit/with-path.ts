/** A copy of a body with one field, named by dotted path, replaced. */
export function withPath(
  body: Readonly<Record<string, unknown>>,
  path: string,
  value: unknown,
): Record<string, unknown> {
  const [first, ...rest] = path.split('.') as [string, ...string[]];
  if (rest.length === 0) return { ...body, [first]: value };
  return { ...body, [first]: withPath(body[first] as Record<string, unknown>, rest.join('.'), value) };
}
