import { z } from 'zod';

/** A configuration that cannot be used; the message has one line for each variable at fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads environment variables through a schema, once. Blank counts as absent. The result is frozen.
 *
 * @param shape one zod schema for each variable, keyed by the variable's name
 * @throws ConfigError naming every variable that is wrong, and why
 */
export function parseEnvironment<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  environment: Environment,
): Readonly<z.infer<z.ZodObject<Shape>>> {
  const present = Object.fromEntries(
    Object.keys(shape)
      .map((name) => [name, environment[name]?.trim()] as const)
      .filter(([, value]) => value),
  );
  const result = z.object(shape).safeParse(present);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`configuration: ${lines.join('; ')}`);
  }
  return Object.freeze(result.data) as Readonly<z.infer<z.ZodObject<Shape>>>;
}

/** `1`, `true`, `yes`, `on` and their opposites, in any case. */
export const flag = z.string().transform((text, context) => {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  context.addIssue({ code: 'custom', message: 'expected 1, 0, true or false' });
  return z.NEVER;
});

/** A whole number between two bounds, written in digits. */
export const whole = (low: number, high = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^-?\d+$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(low, `at least ${low}`).max(high, `at most ${high}`));

/** A TCP port; 0 asks the system for a free one. */
export const port = whole(0, 65535);

/** `a,b,c` as a list without blanks. */
export const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
