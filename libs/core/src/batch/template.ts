import type { AxisValue } from './axes.ts';

const HOLE = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The axes that a template names, anywhere inside. */
export function holesOf(template: unknown): Set<string> {
  if (typeof template === 'string') return new Set([...template.matchAll(HOLE)].map((match) => match[1]!));
  if (typeof template !== 'object' || template === null) return new Set();
  return new Set(Object.values(template).flatMap((value) => [...holesOf(value)]));
}

/**
 * A copy of a template with every `{axis}` filled in. A text that is nothing but one hole takes the value as it
 * is, a number as a number; holes that name no axis stay as they are written.
 */
export function fillTemplate(template: unknown, values: Readonly<Record<string, AxisValue>>): unknown {
  if (typeof template === 'string') {
    const only = /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(template)?.[1];
    if (only !== undefined && Object.hasOwn(values, only)) return values[only];
    return template.replace(HOLE, (hole, name: string) =>
      Object.hasOwn(values, name) ? String(values[name]) : hole,
    );
  }
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => [name, fillTemplate(value, values)]),
  );
}
