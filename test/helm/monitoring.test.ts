import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { CHART, find, ROOT, render } from './support/helm.ts';

interface Alert {
  alert: string;
  expr: string;
  annotations: { summary: string; runbook: string };
}

/** Metrics that the services make, as their names stand in the sources. */
async function metricsMade(): Promise<Set<string>> {
  const files = globSync('{apps,libs}/*/src/**/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] });
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), 'utf8')));
  const names = new Set(texts.flatMap((text) => text.match(/\bworldfarm_[a-z_]+[a-z]\b/g) ?? []));
  // One name is made of a part of the job: worldfarm_job_${part}_seconds.
  for (const part of ['wait', 'inputs', 'render', 'encode', 'upload'])
    names.add(`worldfarm_job_${part}_seconds`);
  return names;
}

const metricsIn = (text: string) => [
  ...new Set(
    (text.match(/\bworldfarm_[a-z_]+/g) ?? []).map((name) => name.replace(/_(bucket|count|sum)$/, '')),
  ),
];

describe('monitoring', () => {
  let alerts: Alert[];
  let made: Set<string>;
  before(async () => {
    const { groups } = parse(await readFile(join(CHART, 'files/alerts.yaml'), 'utf8'));
    alerts = groups.flatMap(({ rules }: { rules: Alert[] }) => rules);
    made = await metricsMade();
  });

  it('alerts on metrics that are made', () => {
    for (const { alert, expr } of alerts) {
      const names = metricsIn(expr);
      assert.ok(names.length > 0, alert);
      for (const name of names) assert.ok(made.has(name), `${alert}: ${name}`);
    }
  });

  it('shows metrics that are made', async () => {
    const { panels } = JSON.parse(await readFile(join(CHART, 'files/dashboard.json'), 'utf8'));
    assert.ok(panels.length >= 10);
    for (const { title, targets } of panels as { title: string; targets: { expr: string }[] }[]) {
      for (const name of targets.flatMap(({ expr }) => metricsIn(expr))) {
        assert.ok(made.has(name), `${title}: ${name}`);
      }
    }
  });

  it('has a section of the runbook for each alert, and none for others', async () => {
    const text = await readFile(join(ROOT, 'docs/runbook.md'), 'utf8');
    const sections = [...text.matchAll(/^## (Worldfarm\w+)$/gm)].map(([, name]) => name!);
    assert.deepEqual(sections.sort(), alerts.map(({ alert }) => alert).sort());
    for (const { alert, annotations } of alerts) {
      assert.equal(annotations.runbook, `docs/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it('gives operators the same rules and the same dashboard as the folder of files', async () => {
    const manifests = await render('full');
    assert.deepEqual(
      find(manifests, 'PrometheusRule').spec,
      parse(await readFile(join(ROOT, 'infra/alerts/worldfarm.yaml'), 'utf8')),
    );
    const shown = JSON.parse(find(manifests, 'ConfigMap', 'dashboard').data['worldfarm.json']);
    assert.deepEqual(
      shown,
      JSON.parse(await readFile(join(ROOT, 'infra/dashboards/worldfarm.json'), 'utf8')),
    );
  });

  it('scrapes paths and ports that are there', async () => {
    const manifests = await render('full');
    const monitor = find(manifests, 'ServiceMonitor').spec;
    const service = find(manifests, 'Service', 'gateway');
    assert.deepEqual(monitor.selector.matchLabels, service.spec.selector);
    assert.equal(monitor.endpoints[0].path, '/v1/metrics');
    for (const { spec } of manifests.filter(({ kind }) => kind === 'PodMonitor')) {
      assert.deepEqual(spec.podMetricsEndpoints[0], { port: 'health', path: '/metrics', interval: '15s' });
    }
  });
});
