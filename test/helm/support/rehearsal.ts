import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { containersOf, environmentOf, podOf } from './containers.ts';
import { find, type Manifest, ROOT } from './helm.ts';
import { runSandboxed, type Sandboxed } from './sandbox.ts';

/** The chart's pods on this machine: their own commands, users and variables, with folders and ports of a test. */
export interface Rehearsal {
  readonly redis: TestRedis;
  /** Starts one container of an object. `over` replaces variables, above all ports. */
  start(
    object: { kind: string; name: string },
    container: string,
    over: Record<string, string>,
  ): Promise<Sandboxed>;
  /** Runs the command of a container's preStop hook, with more arguments. @returns what it printed */
  preStop(object: { kind: string; name: string }, container: string, ...more: string[]): Promise<string>;
  end(): Promise<void>;
}

const NODE_OF_IMAGES = '/app/node_modules/node/bin/node';
const NODE = join(ROOT, 'node_modules/.bin/node');

export async function openRehearsal(manifests: readonly Manifest[]): Promise<Rehearsal> {
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-rehearsal-'));
  // The pods' users must pass through it.
  await chmod(folder, 0o755);
  const redis = await startRedis();
  const running: Sandboxed[] = [];

  /** A writable volume is a folder of the pod's user; a ConfigMap is what it says. */
  async function mountsOf(object: Manifest, container: string) {
    const pod = podOf(object);
    const { volumeMounts = [] } = containersOf(object).find(({ name }) => name === container)!;
    const user: number = pod.securityContext.runAsUser;
    const mounts: { path: string; at: string; writable: boolean }[] = [];
    for (const { name, mountPath } of volumeMounts as { name: string; mountPath: string }[]) {
      const volume = (pod.volumes ?? []).find((each: { name: string }) => each.name === name);
      // Claims outlive pods; the rest is the pod's own.
      const at = join(
        folder,
        volume?.persistentVolumeClaim ? 'claims' : `${object.metadata.name}-${running.length}`,
        name,
      );
      await mkdir(at, { recursive: true });
      await chown(at, user, user);
      if (volume?.configMap) await writeConfigMap(volume.configMap, at);
      mounts.push({ path: mountPath, at, writable: !volume?.configMap });
    }
    return { user, mounts };
  }

  async function writeConfigMap(
    source: { name: string; items: { key: string; path: string }[] },
    at: string,
  ) {
    const { data } = find(manifests, 'ConfigMap', source.name);
    for (const { key, path } of source.items) {
      await mkdir(dirname(join(at, path)), { recursive: true });
      await writeFile(join(at, path), data[key]);
    }
  }

  return {
    redis,
    async start({ kind, name }, containerName, over) {
      const object = find(manifests, kind, name);
      const container = containersOf(object).find((each) => each.name === containerName)!;
      const { user, mounts } = await mountsOf(object, containerName);
      const place = (text: string) => {
        const mount = mounts.find(({ path }) => text === path || text.startsWith(`${path}/`));
        return mount ? mount.at + text.slice(mount.path.length) : text;
      };
      const named = environmentOf(container);
      const environment = Object.fromEntries(
        Object.entries(named).map(([key, value]) => [key, place(value)]),
      );
      const temporary = mounts.find(({ path }) => path === '/tmp')?.at ?? folder;
      const sandboxed = runSandboxed(
        [
          ...(container.command ?? [NODE]),
          ...(container.args ?? []).map(place),
          ...(over.args?.split(' ') ?? []),
        ],
        {
          user,
          writable: mounts.filter(({ writable }) => writable).map(({ at }) => at),
          environment: { ...environment, TMPDIR: temporary, REDIS_URL: redis.url, ...over },
        },
      );
      running.push(sandboxed);
      return sandboxed;
    },
    async preStop({ kind, name }, containerName, ...more) {
      const container = containersOf(find(manifests, kind, name)).find(
        (each) => each.name === containerName,
      )!;
      const command = (container.lifecycle.preStop.exec.command as string[]).map((part) =>
        part === NODE_OF_IMAGES ? NODE : part,
      );
      const { user } = await mountsOf(find(manifests, kind, name), containerName);
      const hook = runSandboxed([...command, ...more], { user, writable: [], environment: {} });
      running.push(hook);
      const { code } = await hook.ended();
      if (code !== 0) throw new Error(`the hook ended with ${code}: ${hook.output()}`);
      return hook.output();
    },
    async end() {
      for (const each of running) each.kill();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
