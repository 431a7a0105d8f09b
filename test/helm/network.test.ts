import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { containersOf, podOf } from './support/containers.ts';
import { find, type Manifest, render } from './support/helm.ts';

interface Rule {
  to?: object[];
  from?: object[];
  ports?: { port: number }[];
}

const portsOf = (rules: Rule[]) => rules.flatMap(({ ports = [] }) => ports.map(({ port }) => port));

describe('network policies', () => {
  let minimal: Manifest[];
  let many: Manifest[];
  let airgapped: Manifest[];
  before(async () => {
    [minimal, many, airgapped] = (await Promise.all([
      render('minimal'),
      render('many-profiles'),
      render('airgapped'),
    ])) as [Manifest[], Manifest[], Manifest[]];
  });

  it('let workers talk to DNS, Redis and S3 alone', () => {
    const { egress } = find(minimal, 'NetworkPolicy', '-worker').spec as { egress: Rule[] };
    assert.deepEqual([...new Set(portsOf(egress))].sort(), [443, 53, 6379].sort());
    const redis = egress.find((rule) => portsOf([rule]).includes(6379))!;
    assert.equal(redis.to?.length, 1);
  });

  it('open more only for the workers of profiles that need it', () => {
    const names = many.filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => metadata.name);
    const opened = names.filter((name) => /-worker-/.test(name)).map((name) => name.split('-worker-')[1]);
    assert.deepEqual(opened.sort(), ['from-hub', 'videos-elsewhere']);
    assert.deepEqual(
      airgapped.filter(({ kind, metadata }) => kind === 'NetworkPolicy' && /-worker-/.test(metadata.name)),
      [],
    );
  });

  it('open the way to a collector where traces are made', async () => {
    const full = await render('full');
    for (const component of ['gateway', 'courier', 'batcher', '-worker']) {
      const egressOf = (manifests: Manifest[]) =>
        find(manifests, 'NetworkPolicy', component).spec.egress as Rule[];
      assert.ok(!portsOf(egressOf(minimal)).includes(4318), component);
      const rule = egressOf(full).find((each) => portsOf([each]).includes(4318));
      assert.ok(JSON.stringify(rule?.to).includes('monitoring'), component);
    }
  });

  it('let nobody but the farm reach Redis, and Redis reach nobody', () => {
    const { ingress, egress } = find(minimal, 'NetworkPolicy', 'redis').spec as {
      ingress: Rule[];
      egress: Rule[];
    };
    assert.deepEqual(egress, []);
    assert.equal(ingress.length, 1);
    assert.equal(ingress[0]!.from?.length, 4);
  });

  it('shut the internet out of an air-gapped farm', () => {
    const blocks = airgapped
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .flatMap(({ spec }) => (spec.egress as Rule[]).flatMap(({ to = [] }) => to))
      .flatMap((peer) => ('ipBlock' in peer ? [(peer.ipBlock as { cidr: string }).cidr] : []));
    assert.ok(blocks.length > 0);
    for (const cidr of blocks) assert.match(cidr, /^10\./);
  });

  it('let KEDA, the scraper and helm test reach a gateway that is open to few', async () => {
    const manifests = await render('full');
    const [rule] = find(manifests, 'NetworkPolicy', 'gateway').spec.ingress as { from: unknown[] }[];
    const text = JSON.stringify(rule!.from);
    for (const who of ['ingress-nginx', 'keda', 'monitoring', '"app.kubernetes.io/component":"test"']) {
      assert.ok(text.includes(who), who);
    }
    assert.equal(rule!.from.length, 4);
  });

  it('select pods that are there', () => {
    for (const manifests of [minimal, many]) {
      const labels = manifests
        .filter((each) => podOf(each))
        .map((each) => each.spec.template?.metadata.labels ?? {});
      for (const { spec, metadata } of manifests.filter(({ kind }) => kind === 'NetworkPolicy')) {
        const wanted = Object.entries(spec.podSelector.matchLabels as Record<string, string>);
        assert.ok(
          labels.some((each) => wanted.every(([key, value]) => each[key] === value)),
          metadata.name,
        );
      }
    }
  });
});

describe('a mirror', () => {
  const imagesOf = (manifests: Manifest[]): string[] =>
    manifests.flatMap((each) => {
      const models = (podOf(each)?.volumes ?? []).filter(({ image }: { image?: object }) => image);
      return [
        ...containersOf(each).map(({ image }) => image),
        ...models.map(({ image }: { image: { reference: string } }) => image.reference),
      ];
    });

  it('serves every image of an air-gapped farm', async () => {
    const images = imagesOf(await render('airgapped'));
    assert.ok(images.includes('registry.local:5000/nim/nvidia/cosmos3-nano:2.0.0'));
    for (const image of images) assert.match(image, /^registry\.local:5000\//);
  });

  it('serves models that are images, and model servers', async () => {
    const images = imagesOf(await render('many-profiles', '--set', 'image.registry=registry.local:5000'));
    assert.ok(images.includes('registry.local:5000/predict:1.0'));
    assert.ok(images.includes('registry.local:5000/lmsysorg/sglang:v0.5.6'));
    for (const image of images) assert.match(image, /^registry\.local:5000\//);
  });

  it('may pin every image by digest', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const ours = ['service', 'worker', 'workerCuda', 'redis'].map((each) => `image.${each}.digest=${digest}`);
    const nim = `profiles[0].nim.image=nvcr.io/nim/nvidia/cosmos3-nano:2.0.0@${digest}`;
    const images = imagesOf(await render('airgapped', '--set', [...ours, nim].join(',')));
    assert.ok(images.length > 4);
    for (const image of images) assert.match(image, /^registry\.local:5000\/.*@sha256:0{64}$/);
  });
});
