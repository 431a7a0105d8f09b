import { FarmError } from '../../errors.ts';

export interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  readonly text: string;
  /** from 1, for messages */
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<text>'[^']*'|"[^"]*")|(?<name>[A-Za-z_][A-Za-z0-9_.]*)|(?<sign>&&|\|\||[<>=!]=|[<>!(),-]))/iy;

/** @throws FarmError invalid_request saying where */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (source.slice(index).trim() !== '') {
    TOKEN.lastIndex = index;
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) throw filterError('cannot be read', index + 1);
    const [kind, text] = Object.entries(groups).find(([, value]) => value !== undefined) as [
      Token['kind'],
      string,
    ];
    tokens.push({ kind, text, at: index + 1 });
    index = TOKEN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: 'the end', at: source.length + 1 }];
}

export function filterError(problem: string, at: number): FarmError {
  return new FarmError('invalid_request', `filter: ${problem}, at character ${at}`, { param: 'filter' });
}
