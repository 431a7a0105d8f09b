import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chartPolicy } from '@worldfarm/infra/sim/chart-policy.ts';
import { jobsPerWorker, openScaler, type Policy } from '@worldfarm/infra/sim/policy.ts';
import { find, NAMESPACE, render } from './support/helm.ts';

const POLICY: Policy = {
  jobsPerWorker: 10,
  min: 0,
  max: 8,
  cooldownSeconds: 120,
  scaleDownSeconds: 60,
  scaleUpSeconds: 0,
  pollingSeconds: 15,
  keepBusy: true,
};

interface Trigger {
  type: string;
  name: string;
  metadata: Record<string, string>;
  authenticationRef?: { name: string };
}

describe('the policy', () => {
  it('brings one worker for the first job, and more for a backlog', () => {
    const scale = openScaler(POLICY);
    assert.equal(scale(0, 0, 0, 0), 0);
    assert.equal(scale(15, 1, 0, 0), 1);
    assert.equal(scale(30, 35, 0, 1), 4);
    assert.equal(scale(45, 900, 0, 4), 8);
  });

  it('takes no worker away while it is busy, however short the queue', () => {
    const scale = openScaler(POLICY);
    let workers = 6;
    for (let now = 0; now <= 600; now += 15) workers = scale(now, 6, 6, workers);
    assert.equal(workers, 6);
  });

  it('lets idle ones go when the need was low for long enough', () => {
    const scale = openScaler(POLICY);
    assert.equal(scale(0, 60, 6, 6), 6);
    assert.equal(scale(45, 2, 2, 6), 6);
    assert.equal(scale(75, 2, 2, 6), 2);
  });

  it('goes to zero after the cool-down, and not before', () => {
    const scale = openScaler(POLICY);
    assert.equal(scale(0, 1, 1, 1), 1);
    assert.equal(scale(105, 0, 0, 1), 1);
    assert.equal(scale(120, 0, 0, 1), 0);
  });
});

describe('what KEDA is told', () => {
  const triggersOf = (object: { spec: { triggers: Trigger[] } }) => object.spec.triggers;

  it('is the backlog over the jobs of a worker, and the busy workers', async () => {
    const scaled = find(await render('nim'), 'ScaledObject') as never as { spec: { triggers: Trigger[] } };
    const asked = triggersOf(scaled).map(({ metadata }) => [metadata.valueLocation, metadata.targetValue]);
    const jobs = jobsPerWorker({ coldStart: 1800, scaleDown: 60, overhead: 0.2, render: 115 });
    assert.deepEqual(asked, [
      ['active', '1'],
      ['backlog', String(jobs)],
    ]);
  });

  it('makes the number that the simulation reckons with', async () => {
    for (const [coldStart, seconds] of [
      [60, 200],
      [300, 200],
      [1500, 7.93],
    ] as const) {
      const more = [
        `profiles[0].coldStartSeconds=${coldStart}`,
        `profiles[0].pools[0].renderSeconds=${seconds}`,
      ].flatMap((each) => ['--set-json', each]);
      const scaled = find(await render('nim', ...more), 'ScaledObject');
      const policy = await chartPolicy({ coldStart, render: seconds, max: 4 });
      const { metadata } = (scaled.spec.triggers as Trigger[]).find(({ name }) => name === 'backlog')!;
      assert.equal(metadata.targetValue, String(policy.jobsPerWorker));
    }
  });

  it('is asked at the gateway, where the route is, with the key', async () => {
    const manifests = await render('minimal');
    const service = find(manifests, 'Service', 'gateway');
    const authentication = find(manifests, 'TriggerAuthentication');
    for (const { metadata, authenticationRef } of find(manifests, 'ScaledObject').spec
      .triggers as Trigger[]) {
      const url = new URL(metadata.url!);
      assert.equal(url.hostname, `${service.metadata.name}.${NAMESPACE}.svc`);
      assert.equal(Number(url.port), service.spec.ports[0].port);
      assert.equal(url.pathname, '/v1/queues/pocket-world');
      assert.equal(metadata.authMode, 'bearer');
      assert.equal(authenticationRef?.name, authentication.metadata.name);
    }
  });

  it('adds up tiers where a profile has several pools, each tier in one of them', async () => {
    const scaled = find(await render('full'), 'ScaledObject', 'small');
    assert.equal(
      scaled.spec.advanced.scalingModifiers.formula,
      'max(ceil((backlog480 + backlog256) / 10), active480 + active256)',
    );
    const names = (scaled.spec.triggers as Trigger[]).map(({ name }) => name).sort();
    assert.deepEqual(names, ['active256', 'active480', 'backlog256', 'backlog480']);
    for (const { name, metadata } of scaled.spec.triggers as Trigger[]) {
      assert.equal(new URL(metadata.url!).searchParams.get('tier'), name.slice(-3));
    }
  });

  it('can come from Prometheus instead, counted once however many gateways tell it', async () => {
    const scaled = find(await render('gateway-api'), 'ScaledObject');
    const queries = (scaled.spec.triggers as Trigger[]).map(({ metadata }) => metadata.query!);
    assert.match(queries.join('\n'), /sum\(max by \(tier\) \(worldfarm_queue_backlog\{/);
    assert.match(
      queries.join('\n'),
      /sum\(max by \(tier, priority\) \(worldfarm_queue_jobs\{.*state="active"/,
    );
    for (const query of queries) assert.match(query, / or vector\(0\)$/);
  });

  it('is nothing where KEDA is not used, and pools keep their number', async () => {
    const manifests = await render('no-keda');
    assert.deepEqual(
      manifests.filter(({ apiVersion }) => apiVersion.startsWith('keda.sh')),
      [],
    );
    assert.equal(find(manifests, 'Deployment', 'large').spec.replicas, 2);
    assert.equal(find(manifests, 'Deployment', 'small').spec.replicas, 1);
  });
});
