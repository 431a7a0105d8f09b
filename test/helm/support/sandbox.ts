import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { until } from '@worldfarm/test-support';
import { ROOT } from './helm.ts';

const START_MS = 120_000;

/**
 * Runs as a container of the chart would: as its user, without any capability, everything read-only but the folders
 * named. A mount namespace makes the root read-only for this process alone; folders that are named are bound before.
 */
const SCRIPT = `
set -e
user=$1; writable=$2; shift 2
mount --make-rprivate /
IFS=:
for folder in $writable; do mount --bind "$folder" "$folder"; done
unset IFS
mount -o remount,bind,ro /
exec setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
`;

/** Only root can make such a place; without it these tests say so and stop. */
export function canSandbox(): boolean {
  return process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
}

export interface SandboxOptions {
  readonly user: number;
  /** absolute folders that may be written */
  readonly writable: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Sandboxed {
  readonly process: ChildProcess;
  /** everything that it printed */
  output(): string;
  /** Waits for its own end. */
  ended(): Promise<{ code: number | null }>;
  /** SIGTERM, as a kubelet sends it; the exit code and how long it took */
  terminate(): Promise<{ code: number | null; seconds: number }>;
  kill(): void;
  /** Waits until it is up. @throws with all that it printed when it ends before, or takes too long */
  until(what: string, isUp: () => Promise<boolean> | boolean): Promise<void>;
}

export function runSandboxed(command: readonly string[], options: SandboxOptions): Sandboxed {
  const { user, writable, environment } = options;
  const parameters = ['--mount', 'sh', '-c', SCRIPT, 'sandbox', String(user), writable.join(':'), ...command];
  const child = spawn('unshare', parameters, {
    cwd: ROOT,
    // A container runtime sets HOME, to / for users that the image does not know.
    env: { PATH: process.env.PATH, HOME: '/', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const ended = once(child, 'exit');
  return {
    process: child,
    output: () => text,
    async ended() {
      await ended;
      return { code: child.exitCode };
    },
    async terminate() {
      const began = performance.now();
      if (child.exitCode === null) child.kill('SIGTERM');
      await ended;
      return { code: child.exitCode, seconds: (performance.now() - began) / 1000 };
    },
    kill: () => void child.kill('SIGKILL'),
    async until(what, isUp) {
      const isOver = () => child.exitCode !== null;
      const said = (error?: unknown) => new Error(`${what} did not come up: ${String(error)}\n${text}`);
      await until(what, async () => isOver() || (await isUp()), START_MS).catch((error: unknown) => {
        throw said(error);
      });
      if (isOver()) throw said();
    },
  };
}
