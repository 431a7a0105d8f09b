import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Environment } from '@worldfarm/service';

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Environment;
  /** one line of its output */
  readonly onLine: (line: string) => void;
  /** called with each new process, the first and every restarted one */
  readonly onLaunch?: () => void;
  /** starts it again when it ends unasked */
  readonly restart: boolean;
}

export interface Child {
  readonly pid: () => number | undefined;
  /** Resolves when it has ended for good. */
  readonly ended: Promise<void>;
  /** Asks it to end and waits; after `seconds` it is killed. */
  stop(seconds: number): Promise<void>;
}

const RESTART_MS = [0, 500, 1_000, 2_000, 5_000];
/** A child that ran this long had a good start; the next restart is immediate again. */
const STEADY_MS = 30_000;

/**
 * Runs a program in a process group of its own, so that Ctrl-C at the terminal reaches us alone and we end the
 * parts in their order.
 */
export function startChild(options: ChildOptions): Child {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let stopping = false;
  let failures = 0;
  let child: ChildProcess;

  const launch = () => {
    const since = Date.now();
    child = spawn(options.command, options.args, {
      detached: true,
      env: options.environment as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    options.onLaunch?.();
    for (const stream of [child.stdout, child.stderr]) lines(stream!, options.onLine);
    child.once('error', (error) => options.onLine(`${options.name}: ${error.message}`));
    child.once('close', (code, signal) => {
      if (stopping || !options.restart) return resolve();
      failures = Date.now() - since > STEADY_MS ? 0 : Math.min(failures + 1, RESTART_MS.length - 1);
      options.onLine(`${options.name} ended (${signal ?? code}); starting it again`);
      setTimeout(() => (stopping ? resolve() : launch()), RESTART_MS[failures]);
    });
  };
  launch();

  return {
    pid: () => child.pid,
    ended,
    async stop(seconds) {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
      child.kill('SIGTERM');
      const overdue = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
      await once(child, 'exit');
      clearTimeout(overdue);
      resolve();
    },
  };
}

function lines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop()!;
    for (const line of parts) onLine(line);
  });
}
