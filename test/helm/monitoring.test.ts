import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { CHART, find, ROOT, render } from './support/helm.ts';
import { type MadeMetric, metricOf, metricsMade } from './support/metrics.ts';
import { type Selected, selectedBy } from './support/promql.ts';

interface Alert {
  alert: string;
  expr: string;
  annotations: { summary: string; runbook: string };
}

/** Labels that a scrape adds, and the bound of a histogram's bucket. */
const BY_SCRAPES = ['namespace', 'pod', 'instance', 'job', 'le'];

describe('monitoring', () => {
  let alerts: Alert[];
  let made: Map<string, MadeMetric>;
  /** every expression that somebody evaluates, with where it stands */
  let expressions: [where: string, expression: string][];
  before(async () => {
    const { groups } = parse(await readFile(join(CHART, 'files/alerts.yaml'), 'utf8'));
    alerts = groups.flatMap(({ rules }: { rules: Alert[] }) => rules);
    made = await metricsMade();
    const { panels } = JSON.parse(await readFile(join(CHART, 'files/dashboard.json'), 'utf8'));
    assert.ok(panels.length >= 10);
    const { triggers } = find(await render('gateway-api'), 'ScaledObject').spec;
    expressions = [
      ...alerts.map(({ alert, expr }): [string, string] => [alert, expr]),
      ...(panels as { title: string; targets: { expr: string }[] }[]).flatMap(({ title, targets }) =>
        targets.map(({ expr }): [string, string] => [title, expr]),
      ),
      ...(triggers as { name: string; metadata: { query: string } }[]).map(
        ({ name, metadata }): [string, string] => [`KEDA: ${name}`, metadata.query],
      ),
    ];
  });
  const selections = (): [string, Selected, MadeMetric | undefined][] =>
    expressions.flatMap(([where, expression]) => {
      const selected = selectedBy(expression);
      assert.ok(selected.length > 0, where);
      return selected.map((each): [string, Selected, MadeMetric | undefined] => [
        where,
        each,
        made.get(metricOf(each.metric)),
      ]);
    });

  it('reads metrics that are made, by labels that they have', () => {
    for (const [where, { metric, matched, aggregations }, definition] of selections()) {
      assert.ok(definition, `${where}: nobody makes ${metric}`);
      assert.equal(
        /_(bucket|count|sum)$/.test(metric),
        definition.type === 'histogram',
        `${where}: ${metric}`,
      );
      const asked = [...matched, ...aggregations.flatMap(({ by }) => by)];
      const unknown = asked.filter((label) => ![...definition.labels, ...BY_SCRAPES].includes(label));
      assert.deepEqual(unknown, [], `${where}: ${metric}`);
    }
  });

  it('counts what each gateway tells once, and all of it', () => {
    let counted = 0;
    for (const [where, { metric, fixed, aggregations }, definition] of selections()) {
      const [inner, outer] = aggregations;
      if (inner?.operator !== 'max' || outer?.operator !== 'sum') continue;
      counted++;
      // A label that the inner maximum drops is not added up: the larger series hides the others.
      const dropped = definition!.labels.filter((label) => ![...fixed, ...inner.by].includes(label));
      assert.deepEqual(dropped, [], `${where}: ${metric}`);
    }
    assert.ok(counted > 2);
  });

  it('would be caught by a wrong metric, label or comma', () => {
    assert.throws(() => selectedBy('sum(rate(x[5m]'), /no PromQL/);
    assert.throws(() => selectedBy('max by (a b) (x)'), /no PromQL/);
    assert.deepEqual(selectedBy('sum(max by (a, b) (x{c="1", d=~"2"}))'), [
      {
        metric: 'x',
        matched: ['c', 'd'],
        fixed: ['c'],
        aggregations: [
          { operator: 'max', by: ['a', 'b'] },
          { operator: 'sum', by: [] },
        ],
      },
    ]);
  });

  it('has a section of the runbook for each alert, and none for others', async () => {
    const text = await readFile(join(ROOT, 'docs/runbook.md'), 'utf8');
    const sections = [...text.matchAll(/^## (Worldfarm\w+)$/gm)].map(([, name]) => name!);
    assert.deepEqual(sections.sort(), alerts.map(({ alert }) => alert).sort());
    for (const { alert, annotations } of alerts) {
      assert.equal(annotations.runbook, `docs/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it('has a case for each alert, which promtool plays', async () => {
    const { tests } = parse(await readFile(join(ROOT, 'infra/alerts/worldfarm.test.yaml'), 'utf8')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: object[] }[] }[];
    };
    const fired = tests
      .flatMap((each) => each.alert_rule_test)
      .filter(({ exp_alerts }) => exp_alerts.length > 0)
      .map(({ alertname }) => alertname);
    assert.deepEqual([...new Set(fired)].sort(), alerts.map(({ alert }) => alert).sort());
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
