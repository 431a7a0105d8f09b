import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { freePort, until } from '@worldfarm/test-support';
import { askFarm } from '@worldfarm/infra/docker/farm-test/ask-farm.ts';
import { podOf } from './support/containers.ts';
import { find, type Manifest, ROOT, render } from './support/helm.ts';
import { openRehearsal, type Rehearsal } from './support/rehearsal.ts';
import { canSandbox, runSandboxed, type Sandboxed } from './support/sandbox.ts';

const NODE = 'node_modules/.bin/node';
const START_MS = 120_000;
/** Short, so that a render of the test has to be handed back; the chart derives it from the engine otherwise. */
const GRACE_SECONDS = 1;

describe('the pods of the chart, on this machine', {
  skip: canSandbox() ? false : 'only root can make a sandbox',
}, () => {
  let manifests: Manifest[];
  let farm: Rehearsal;
  let gateway: Sandboxed;
  let url: string;
  let secret: string;
  const headers = () => ({ authorization: `Bearer ${secret}`, 'content-type': 'application/json' });

  before(async () => {
    manifests = await render(
      'no-keda',
      '--set',
      `gateway.auth=true,profiles[0].graceSeconds=${GRACE_SECONDS}`,
    );
    farm = await openRehearsal(manifests);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const here = { NIM_HTTP_API_PORT: `${port}`, WORLDFARM_HOST: '127.0.0.1' };
    gateway = await farm.start({ kind: 'Deployment', name: 'gateway' }, 'gateway', {
      ...here,
      WORLDFARM_AUTH: 'true',
    });
    const environment = { PATH: process.env.PATH, REDIS_URL: farm.redis.url };
    const made = await promisify(execFile)(NODE, ['infra/docker/make-key/main.ts', 'autoscaler', '--admin'], {
      cwd: ROOT,
      env: environment,
    });
    secret = made.stdout.trim();
    await gateway.until('the gateway', () => probe(`${url}/v1/health/ready`));
  });
  after(() => farm.end());

  const probe = (address: string) =>
    fetch(address).then(
      (reply) => reply.ok,
      () => false,
    );
  const startWorker = async (port?: number) => {
    port ??= await freePort();
    const worker = await farm.start({ kind: 'Deployment', name: 'small' }, 'worker', {
      WORLDFARM_WORKER_ID: `worker-${port}`,
      WORLDFARM_WORKER_PORT: `${port}`,
      WORLDFARM_WORKER_HOST: '127.0.0.1',
      WORLDFARM_CHECKPOINT_SECONDS: '1',
    });
    await worker.until('the worker', () => probe(`http://127.0.0.1:${port}/health/ready`));
    return worker;
  };
  const job = async (id: string) =>
    (await fetch(`${url}/v1/jobs/${id}`, { headers: headers() })).json() as Promise<Job>;
  const submit = async (steps: number) => {
    const prompt = 'a red circle moves right on a blue background';
    const input = { prompt, resolution: '256', num_output_frames: 25, seed: 4, steps };
    const body = JSON.stringify({ input });
    const reply = await fetch(`${url}/v1/jobs`, { method: 'POST', headers: headers(), body });
    assert.equal(reply.status, 202, await reply.clone().text());
    return ((await reply.json()) as Job).id;
  };

  it('cannot write where they live, and are not root', async () => {
    const program = `
      const fs = require('node:fs');
      const refused = (path) => { try { fs.writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; } };
      console.log(process.getuid(), refused('${ROOT}/README.md'), refused('/etc/hostname'), refused(process.env.TMPDIR + '/x'));
    `;
    const shell = runSandboxed([NODE, '-e', program], {
      user: 10001,
      writable: [],
      environment: { TMPDIR: tmpdir() },
    });
    await until('its word', () => shell.process.exitCode !== null);
    assert.match(shell.output(), /^10001 EROFS EROFS EROFS/);
  });

  it('start a gateway that passes helm test and takes jobs for a profile without workers', async () => {
    assert.deepEqual((await askFarm(url, ['kernel-world'])).slice(1), ['ready', 'profiles: kernel-world']);
    await assert.rejects(askFarm(url, ['other']), /does not know other/);
    const id = await submit(1);
    assert.equal((await job(id)).status, 'queued');
    await fetch(`${url}/v1/jobs/${id}/cancel`, { method: 'POST', headers: headers() });
  });

  it('answer the autoscaler with the numbers that it asks for, if it shows its key', async () => {
    const [scaled] = (await render('minimal')).filter(({ kind }) => kind === 'ScaledObject');
    for (const { metadata } of scaled!.spec.triggers as { metadata: Record<string, string> }[]) {
      const path = new URL(metadata.url!).pathname;
      const numbers = (await (await fetch(url + path, { headers: headers() })).json()) as Record<
        string,
        unknown
      >;
      assert.equal(typeof numbers[metadata.valueLocation!], 'number', metadata.valueLocation);
      assert.equal((await fetch(url + path)).status, 401);
    }
  });

  for (const name of ['courier', 'batcher'] as const) {
    it(`start a ${name} that ends well when it is told to`, async () => {
      const port = await freePort();
      const here = `WORLDFARM_${name.toUpperCase()}`;
      const program = await farm.start({ kind: 'Deployment', name }, name, {
        [`${here}_PORT`]: `${port}`,
        [`${here}_HOST`]: '127.0.0.1',
      });
      const [container] = podOf(find(manifests, 'Deployment', name)).containers;
      for (const { httpGet } of [container.readinessProbe, container.livenessProbe]) {
        await program.until(name, () => probe(`http://127.0.0.1:${port}${httpGet.path}`));
      }
      const { code } = await program.terminate();
      assert.equal(code, 0, program.output());
    });
  }

  it('start the bundled Redis, which keeps what it is told and evicts nothing', async () => {
    const port = await freePort();
    const redis = await farm.start({ kind: 'StatefulSet', name: 'redis' }, 'redis', {
      args: `--port ${port} --bind 127.0.0.1`,
    });
    await redis.until('Redis', () => /Ready to accept connections/.test(redis.output()));
    const { code } = await redis.terminate();
    assert.equal(code, 0, redis.output());
    assert.match(redis.output(), /AppendOnly|append only|Base AOF/i);
  });

  it('hand a render back within the grace period, and another worker ends it with the same bytes', async () => {
    const steps = 24;
    const port = await freePort();
    const first = await startWorker(port);
    // ONNX Runtime says so when it cannot keep the name under which it would report to its maker.
    assert.doesNotMatch(first.output(), /telemetry/);
    const undisturbed = await submit(steps);
    const sha256 = await videoOf(undisturbed);
    const disturbed = await submit(steps);
    await until('some steps', async () => ((await job(disturbed)).progress?.step ?? 0) >= 3, START_MS);
    const next = await submit(1);
    // As a kubelet does it: the hook of the pod, then SIGTERM.
    const began = performance.now();
    const hook = { kind: 'Deployment', name: 'small' };
    const said = await farm.preStop(hook, 'worker', `http://127.0.0.1:${port}/drain`);
    assert.match(said, /"status":"(draining|stopped)"/);
    await first.terminate();
    const ended = { code: first.process.exitCode, seconds: (performance.now() - began) / 1000 };
    assert.equal(ended.code, 0, first.output());
    const pod = find(manifests, 'Deployment', 'small').spec.template.spec;
    assert.ok(ended.seconds < pod.terminationGracePeriodSeconds, `${ended.seconds} s`);
    const left = await job(disturbed);
    assert.equal(left.status, 'queued');
    assert.equal((await job(next)).status, 'queued', 'a pod under deletion took another job');
    await fetch(`${url}/v1/jobs/${next}/cancel`, { method: 'POST', headers: headers() });
    const secondPort = await freePort();
    const second = await startWorker(secondPort);
    assert.equal(await videoOf(disturbed), sha256);
    const { attempt, worker, metrics } = await job(disturbed);
    assert.equal(attempt, 1, 'a hand-back counts no attempt');
    assert.ok(worker && !first.output().includes(`"worker":"${worker}"`));
    assert.ok((metrics?.engine_stepsResumed ?? 0) > 0, JSON.stringify(metrics));
    // The hook is a drain of its own.
    await farm.preStop(hook, 'worker', `http://127.0.0.1:${secondPort}/drain`);
    assert.equal((await second.ended()).code, 0, second.output());
  });

  it('end a gateway well', async () => {
    const { code, seconds } = await gateway.terminate();
    assert.equal(code, 0, gateway.output());
    const pod = find(manifests, 'Deployment', 'gateway').spec.template.spec;
    assert.ok(seconds < pod.terminationGracePeriodSeconds);
  });

  async function videoOf(id: string): Promise<string> {
    const done = await until(
      'the video',
      async () => {
        const found = await job(id);
        return ['succeeded', 'failed', 'canceled', 'expired'].includes(found.status) && found;
      },
      START_MS,
    );
    assert.equal(done.status, 'succeeded', JSON.stringify(done));
    return done.output!.video.sha256;
  }
});

interface Job {
  id: string;
  status: string;
  attempt: number;
  worker?: string;
  progress?: { step?: number };
  metrics?: Record<string, number>;
  output?: { video: { sha256: string } };
}
