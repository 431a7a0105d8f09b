/** Turns Redis' flat list of names and values into an object. */
export function pairs(list: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index < list.length; index += 2) fields[list[index]!] = list[index + 1]!;
  return fields;
}
