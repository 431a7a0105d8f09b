import { filterError, type Token, tokenize } from './tokens.ts';

/** Says of a row of provenance whether it is taken. */
export type Filter = (row: Readonly<Record<string, unknown>>) => boolean;

type Value = number | string | boolean | null;
type Expression = (row: Readonly<Record<string, unknown>>) => Value;

const COMPARE: Record<string, (a: Value, b: Value) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => known(a, b) && a! < b!,
  '<=': (a, b) => known(a, b) && a! <= b!,
  '>': (a, b) => known(a, b) && a! > b!,
  '>=': (a, b) => known(a, b) && a! >= b!,
};
/** Nothing is more or less than what is not there. */
const known = (a: Value, b: Value) => a !== null && b !== null && typeof a === typeof b;

/**
 * Compiles an expression over a row's fields: `scores.motion > 0.01 && !(split == 'test') || seed in (1, 2)`.
 * Fields are dotted; one that a row does not have is null. Signs: `== != < <= > >= in && || !` and brackets.
 *
 * @throws FarmError invalid_request saying what was expected and where
 */
export function compileFilter(source: string): Filter {
  const tokens = tokenize(source);
  let next = 0;
  const peek = () => tokens[next]!;
  const takes = (text: string) => peek().text === text && peek().kind !== 'text' && next++ >= 0;
  const expect = (text: string) => {
    if (!takes(text)) throw unexpected(peek(), text);
  };

  const expression = either();
  if (peek().kind !== 'end') throw unexpected(peek(), 'the end');
  return (row) => truthy(expression(row));

  function either(): Expression {
    let left = both();
    while (takes('||')) left = logical(left, both(), (a, b) => a || b());
    return left;
  }
  function both(): Expression {
    let left = not();
    while (takes('&&')) left = logical(left, not(), (a, b) => a && b());
    return left;
  }
  function not(): Expression {
    if (!takes('!')) return comparison();
    const inner = not();
    return (row) => !truthy(inner(row));
  }
  function comparison(): Expression {
    const left = operand();
    if (takes('in')) return oneOf(left, list());
    const compare = peek().kind === 'sign' ? COMPARE[peek().text] : undefined;
    if (!compare) return left;
    next++;
    const right = operand();
    return (row) => compare(left(row), right(row));
  }
  function list(): Expression[] {
    expect('(');
    const items = [operand()];
    while (takes(',')) items.push(operand());
    expect(')');
    return items;
  }
  function operand(): Expression {
    if (takes('(')) {
      const inner = either();
      expect(')');
      return inner;
    }
    const sign = takes('-') ? -1 : 1;
    const token = tokens[next++]!;
    if (token.kind === 'number') return () => sign * Number(token.text);
    if (sign < 0) throw unexpected(token, 'a number');
    if (token.kind === 'text') return () => token.text.slice(1, -1);
    if (token.kind === 'name') return named(token.text);
    throw unexpected(token, 'a field or a value');
  }
}

const WORDS: Record<string, Value> = { true: true, false: false, null: null };

function named(name: string): Expression {
  if (Object.hasOwn(WORDS, name)) return () => WORDS[name]!;
  const path = name.split('.');
  return (row) => {
    let value: unknown = row;
    for (const part of path) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? value[part as never]
          : null;
    }
    return typeof value === 'object' || value === undefined ? null : (value as Value);
  };
}

function oneOf(left: Expression, items: readonly Expression[]): Expression {
  return (row) => {
    const value = left(row);
    return items.some((item) => item(row) === value);
  };
}

function logical(
  left: Expression,
  right: Expression,
  join: (a: boolean, b: () => boolean) => boolean,
): Expression {
  return (row) => join(truthy(left(row)), () => truthy(right(row)));
}

const truthy = (value: Value) => value !== null && value !== false && value !== 0 && value !== '';

function unexpected(token: Token, wanted: string) {
  return filterError(`expected ${wanted}, found ${token.text}`, token.at);
}
