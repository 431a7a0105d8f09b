/** Runs beside a worker and raises its pod's deletion cost while it is busy. See helm/worldfarm, workers.deletionCost. */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { readDeletionCostConfig } from './config.ts';
import { deletionCost, patchOf } from './watch.ts';

const API = 'https://kubernetes.default.svc';
const TOKEN = '/var/run/worldfarm/api/token';
const WORKER = 'http://127.0.0.1:8080/health/ready';
const PATIENCE_MS = 4_000;

// biome-ignore lint/style/noProcessEnv: the one place where the process hands its environment on
const { pod, namespace, costs, everySeconds } = readDeletionCostConfig(process.env);
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const look = deletionCost({
  costs,
  async status() {
    const reply = await fetch(WORKER, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return ((await reply.json()) as { status?: string }).status;
  },
  async annotate(cost) {
    const { path, headers, body } = patchOf({ name: pod, namespace }, cost);
    // Read each time: the kubelet renews it.
    const authorization = `Bearer ${(await readFile(TOKEN, 'utf8')).trim()}`;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const reply = await fetch(API + path, {
      method: 'PATCH',
      headers: { ...headers, authorization },
      body,
      signal,
    });
    if (!reply.ok) throw new Error(`the API server answered ${reply.status}`);
  },
});
while (!stop.signal.aborted) {
  await look().catch((error: unknown) =>
    process.stderr.write(`deletion cost not written: ${String(error)}\n`),
  );
  await wait(everySeconds * 1000, undefined, { signal: stop.signal }).catch(() => {});
}
