import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { routes } from '@worldfarm/gateway';
import { serveHealth as serveWorker } from '@worldfarm/worker/health';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { createMetrics, serveHealth } from '@worldfarm/service';
import { type Container, containersOf, isOurs, podOf } from './support/containers.ts';
import { type Manifest, ROOT } from './support/helm.ts';
import { renderAll, VALUE_SETS } from './support/value-sets.ts';

/** Every pod of every value set, with the name of its set. */
async function allPods(): Promise<[where: string, manifest: Manifest][]> {
  return [...(await renderAll())].flatMap(([set, { manifests }]) =>
    manifests
      .filter((each) => podOf(each))
      .map((each): [string, Manifest] => [`${set}: ${each.kind} ${each.metadata.name}`, each]),
  );
}

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;

describe('pods of the chart', () => {
  let pods: [string, Manifest][];
  before(async () => {
    pods = await allPods();
  });
  const containers = (): [string, Container][] =>
    pods.flatMap(([where, manifest]) =>
      containersOf(manifest).map((each): [string, Container] => [`${where}: ${each.name}`, each]),
    );

  it('meet the restricted Pod Security standard', () => {
    for (const [where, manifest] of pods) {
      const pod = podOf(manifest);
      assert.equal(pod.securityContext.runAsNonRoot, true, where);
      assert.equal(pod.securityContext.seccompProfile.type, 'RuntimeDefault', where);
      assert.ok(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, where);
      const allowed = ['configMap', 'emptyDir', 'image', 'persistentVolumeClaim', 'projected', 'secret'];
      for (const { name, ...volume } of pod.volumes ?? []) {
        assert.ok(allowed.includes(Object.keys(volume)[0]!), `${where}: volume ${name}`);
      }
    }
    for (const [where, { securityContext }] of containers()) {
      assert.equal(securityContext.allowPrivilegeEscalation, false, where);
      assert.deepEqual(securityContext.capabilities.drop, ['ALL'], where);
      assert.notEqual(securityContext.runAsUser, 0, where);
    }
  });

  it('have a root folder that cannot be written, in every container of ours and in Redis', () => {
    for (const [where, container] of containers()) {
      if (!isOurs(container) && container.name !== 'redis') continue;
      assert.equal(container.securityContext.readOnlyRootFilesystem, true, where);
    }
  });

  it('hold no token of the API, but for the container that writes deletion costs', () => {
    for (const [where, manifest] of pods) {
      assert.equal(podOf(manifest).automountServiceAccountToken, false, where);
    }
    for (const [where, { name, volumeMounts = [] }] of containers()) {
      const mounts = volumeMounts.some(({ name }: { name: string }) => name === 'api-token');
      assert.equal(mounts, name === 'deletion-cost', where);
    }
  });

  it('say what memory they may take', () => {
    const silent = containers().filter(
      ([, each]) =>
        isOurs(each) && !each.resources?.limits?.memory && !each.resources?.limits?.['nvidia.com/gpu'],
    );
    assert.deepEqual(
      silent.map(([where]) => where),
      [],
    );
  });

  it('start programs that are there', () => {
    for (const [where, container] of containers().filter(([, each]) => isOurs(each))) {
      assert.ok(existsSync(join(ROOT, container.args![0]!)), `${where}: ${container.args![0]}`);
    }
  });

  it('mount what is declared, and declare what is mounted', () => {
    for (const [where, manifest] of pods) {
      const pod = podOf(manifest);
      const claims = (manifest.spec.volumeClaimTemplates ?? []).map((each: Manifest) => each.metadata.name);
      const declared = [...(pod.volumes ?? []).map(({ name }: { name: string }) => name), ...claims];
      const mounted = containersOf(manifest).flatMap(({ volumeMounts = [] }) =>
        volumeMounts.map(({ name }: { name: string }) => name),
      );
      assert.deepEqual([...new Set(mounted)].sort(), [...new Set(declared)].sort(), where);
      assert.equal(declared.length, new Set(declared).size, where);
    }
  });

  it('have more time to end than their programs take', () => {
    for (const [where, manifest] of pods) {
      for (const container of containersOf(manifest)) {
        const grace = Number(
          container.env?.find(({ name }) => name === 'WORLDFARM_GRACE_SECONDS')?.value ?? 0,
        );
        // A worker gives itself its grace and 30 seconds to close (apps/worker/src/main.ts), after a hook of 4 at most.
        const closing = container.name === 'worker' ? 34 : 0;
        if (grace) assert.ok(podOf(manifest).terminationGracePeriodSeconds >= grace + closing + 10, where);
      }
    }
  });

  it('of workers are drained before they are told to end', () => {
    const workers = containers().filter(([, { args }]) => args?.[0] === 'apps/worker/src/main.ts');
    assert.ok(workers.length > VALUE_SETS.length);
    for (const [where, { lifecycle }] of workers) {
      const [node, program] = lifecycle.preStop.exec.command;
      assert.equal(node, '/app/node_modules/node/bin/node', where);
      assert.ok(existsSync(join(ROOT, program)), where);
    }
  });

  it('of ours that stay up are all probed', () => {
    const silent = containers().filter(
      ([, each]) =>
        isOurs(each) && each.args?.[0]?.startsWith('apps/') && !(each.livenessProbe && each.readinessProbe),
    );
    assert.deepEqual(silent, []);
  });

  describe('ask probes', () => {
    const asked = (program: string) =>
      new Set(
        containers()
          .filter(([, each]) => each.args?.[0] === program)
          .flatMap(([, each]) => PROBES.map((probe) => each[probe]?.httpGet?.path as string | undefined))
          .filter((path) => path !== undefined),
      );

    it('of the gateway at open routes that exist', () => {
      const paths = asked('apps/gateway/src/main.ts');
      assert.equal(paths.size, 2);
      for (const path of paths) {
        const route = routes.find((each) => each.method === 'get' && each.path === path);
        assert.equal(route?.access, 'open', path);
      }
    });

    const answers = async (server: Server, paths: Iterable<string>) => {
      if (!server.listening) await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      try {
        for (const path of [...paths, '/metrics']) {
          assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 200, path);
        }
        assert.equal((await fetch(`http://127.0.0.1:${port}/health/other`)).status, 404);
      } finally {
        server.close();
      }
    };

    it('of a worker at paths that it answers', async () => {
      const info = () =>
        ({ status: 'ready' }) as ReturnType<Parameters<typeof serveWorker>[0]['worker']['info']>;
      const drain = async () => {};
      const paths = asked('apps/worker/src/main.ts');
      assert.equal(paths.size, 2);
      const metrics = createMetrics({ processMetrics: false });
      await answers(
        await serveWorker({ host: '127.0.0.1', port: 0, worker: { info, drain }, metrics }),
        paths,
      );
    });

    for (const name of ['courier', 'batcher']) {
      it(`of a ${name} at paths that it answers`, async () => {
        const metrics = createMetrics({ processMetrics: false });
        const well = () => ({ ok: true, status: 'well' });
        const server = await serveHealth({ host: '127.0.0.1', port: 0, metrics, live: well, ready: well });
        const paths = asked(`apps/${name}/src/main.ts`);
        assert.equal(paths.size, 2);
        await answers(server, paths);
      });
    }

    it('at ports that their containers open', () => {
      for (const [where, container] of containers()) {
        const open = (container.ports ?? []).map(({ name }: { name: string }) => name);
        for (const probe of PROBES) {
          const port = (container[probe]?.httpGet ?? container[probe]?.tcpSocket)?.port;
          if (port) assert.ok(open.includes(port), `${where}: ${probe}`);
        }
      }
    });
  });
});
