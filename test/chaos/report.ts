import type { ChaosReport } from './run.ts';

/** The report as lines for a terminal. */
export function describe({ accepted, broken, actions, counts, seconds }: ChaosReport): string[] {
  const list = (object: object) =>
    Object.entries(object).map(
      ([name, count]) => `  ${String(count).padStart(6)}  ${name.replaceAll('_', ' ')}`,
    );
  const faults = Object.fromEntries(Object.entries(broken).map(([name, items]) => [name, items.length]));
  return [
    `${accepted.length} jobs accepted and settled in ${seconds.toFixed(0)} s`,
    'done to the farm:',
    ...list(actions),
    'seen on the way:',
    ...list(counts),
    'broken:',
    ...list(faults),
  ];
}

export function isSound({ broken }: ChaosReport): boolean {
  return Object.values(broken).every((items) => items.length === 0);
}
