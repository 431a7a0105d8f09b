import type { GoldenReport } from './verify.ts';

/** Goldens of one profile. */
export interface ProfileGoldens {
  readonly profile: string;
  readonly goldens: readonly GoldenReport[];
}

const list = (values: readonly (string | number)[]) => [...new Set(values)].sort().join(', ');
const number = (value: number) => (value === 0 ? '0' : value.toExponential(1));

/** One row a profile and mode: the largest differences over its cases. */
export function parityTable(profiles: readonly ProfileGoldens[]): string {
  const rows = profiles.flatMap(({ profile, goldens }) =>
    [...Map.groupBy(goldens, ({ mode }) => mode)].map(([mode, cases]) => {
      const worst = (of: (report: GoldenReport) => number) => number(Math.max(...cases.map(of)));
      const cells = [
        profile,
        mode,
        cases.length,
        list(cases.map(({ steps }) => steps)),
        list(cases.map(({ seed }) => seed)),
        list(cases.map(({ size }) => size)),
        worst(({ latents }) => latents),
        worst(({ frames }) => frames ?? 0),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  );
  return [
    '| profile | mode | cases | steps | seeds | sizes (w x h x frames) | latents | frames |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const BEGIN = '<!-- table: begin -->';
const END = '<!-- table: end -->';

/** The document with the table between its two marks replaced. Throws when the marks are missing. */
export function replaceTable(document: string, table: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the document has no ${BEGIN} ... ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}
