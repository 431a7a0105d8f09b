import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './helm.ts';

/** A metric that the services make. */
export interface MadeMetric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly file: string;
}

/** A name that is put together from a part of the job: worldfarm_job_${part}_seconds. */
const PARTS = ['wait', 'inputs', 'render', 'encode', 'upload'];

/** Every metric with its labels, as the sources define it: `metrics.gauge('name', 'help', ['label'], ...)`. */
export async function metricsMade(): Promise<Map<string, MadeMetric>> {
  const made = new Map<string, MadeMetric>();
  for (const file of globSync('{apps,libs}/*/src/**/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] })) {
    const text = await readFile(join(ROOT, file), 'utf8');
    for (const [, type, open, rest] of text.matchAll(
      /\bmetrics\.(counter|gauge|histogram)\(\s*(['`]worldfarm_[\w${}]+['`])((?:[^;])*?)(?=;|\n {2}\w)/g,
    )) {
      const name = open!.slice(1, -1);
      const metric = { type: type as MadeMetric['type'], labels: labelsOf(rest!, text), file };
      const names = name.includes('$') ? PARTS.map((part) => name.replace(/\$\{\w+\}/, part)) : [name];
      for (const each of names) made.set(each, metric);
    }
  }
  return made;
}

/** The third argument: literals, and those of the constant `labels` where it is named. */
function labelsOf(rest: string, text: string): string[] {
  const literals = (code: string) => [...code.matchAll(/'([a-z_]+)'/g)].map(([, label]) => label!);
  const shared = literals(/const labels = \[([^\]]*)\]/.exec(text)?.[1] ?? '');
  const [, own = ''] = /^,\s*(?:'[^']*'|\w+),\s*(\[[^\]]*\]|labels\b)/.exec(rest) ?? [];
  return [...(/\blabels\b/.test(own) ? shared : []), ...literals(own)];
}

/** The metric that a series belongs to: a histogram has three. */
export const metricOf = (series: string) => series.replace(/_(bucket|count|sum)$/, '');
