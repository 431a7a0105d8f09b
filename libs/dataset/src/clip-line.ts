import type { ProvenanceRow } from '@worldfarm/core';
import type { Column } from './parquet/columns.ts';

/** What readers get beside every clip: columns that each row has, in one type. The rest is in the manifest. */
const COLUMNS: readonly Column<ProvenanceRow>[] = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'prompt', type: 'text', of: ({ prompt }) => prompt },
  { name: 'seed', type: 'long', of: ({ seed }) => seed },
  { name: 'steps', type: 'long', of: ({ steps }) => steps },
  { name: 'guidance', type: 'double', of: ({ guidance }) => guidance },
  { name: 'fps', type: 'double', of: ({ fps }) => fps },
  { name: 'frames', type: 'long', of: ({ frames }) => frames },
  { name: 'width', type: 'long', of: ({ width }) => width },
  { name: 'height', type: 'long', of: ({ height }) => height },
  { name: 'mode', type: 'text', of: ({ mode }) => mode },
  { name: 'profile', type: 'text', of: ({ profile, profile_version }) => `${profile}@${profile_version}` },
  { name: 'sha256', type: 'text', of: ({ sha256 }) => sha256 },
  { name: 'motion', type: 'double', of: ({ scores }) => scores?.motion },
  { name: 'frozen', type: 'double', of: ({ scores }) => scores?.frozen },
  { name: 'flicker', type: 'double', of: ({ scores }) => scores?.flicker },
  { name: 'sharpness', type: 'double', of: ({ scores }) => scores?.sharpness },
  { name: 'black', type: 'double', of: ({ scores }) => scores?.black },
  { name: 'white', type: 'double', of: ({ scores }) => scores?.white },
];

/**
 * A clip's columns as one line of JSON. Readers infer a type from each file alone: so a column of fractions is
 * written with a decimal point even where the value is whole, or else two splits would have two schemas.
 */
export function clipLine(row: ProvenanceRow, before: Readonly<Record<string, string>> = {}): string {
  const named = Object.entries(before).map(([name, value]) => [name, JSON.stringify(value)]);
  const typed = COLUMNS.map(({ name, type, of }) => [
    name,
    type === 'double' ? decimal(of(row)) : json(of(row)),
  ]);
  return `{${[...named, ...typed].map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')}}`;
}

const json = (value: unknown) => JSON.stringify(value ?? null);

function decimal(value: unknown): string {
  return Number.isInteger(value) ? `${value}.0` : json(value);
}
