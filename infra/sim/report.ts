import type { Outcome } from './simulate.ts';

/** The value below which a share of the numbers lies; 0 of none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** Rows as a Markdown table with aligned columns. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join(
    '\n',
  );
}

const minutes = (seconds: number) => (seconds / 60).toFixed(1);
const hours = (seconds: number) => (seconds / 3600).toFixed(1);

export const COLUMNS = [
  'trace',
  'cold start',
  'jobs a worker',
  'workers',
  'wait p50 / p95 / p99, min',
  'GPU hours',
  'of ideal',
  'handed back',
  'work lost, min',
];

export function row(name: string, coldStart: number, jobsPerWorker: number, outcome: Outcome): string[] {
  // Of the people, where there are people and a batch.
  const waits = outcome.waits.get('normal') ?? outcome.waits.get('low') ?? [];
  return [
    name,
    `${coldStart / 60} min`,
    `${jobsPerWorker}`,
    `${outcome.peakWorkers}`,
    [0.5, 0.95, 0.99].map((share) => minutes(percentile(waits, share))).join(' / '),
    hours(outcome.gpuSeconds),
    (outcome.gpuSeconds / outcome.idealSeconds).toFixed(2),
    `${outcome.handedBack}`,
    minutes(outcome.lostSeconds),
  ];
}
