import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface ProcessOptions {
  readonly name: string;
  /** program, relative to the repository */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** file that takes its output */
  readonly log: string;
  /** what its output says once it works */
  readonly ready: RegExp;
  /** put before the command, e.g. `ip netns exec h1` */
  readonly prefix?: readonly string[];
}

/** A part of the farm that is started again whenever it ends, as a supervisor would. */
export interface Supervised {
  readonly name: string;
  /** SIGKILL, or another signal that ends it; resolves when it is gone (its successor starts by itself) */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** SIGSTOP and SIGCONT */
  pause(): void;
  resume(): void;
  /** ends it for good */
  stop(): Promise<void>;
  readonly starts: () => number;
  /** it runs, is not paused, and has said that it is ready since its last start */
  readonly isUp: () => boolean;
}

const RESTART_MS = 200;

export function supervise(options: ProcessOptions): Supervised {
  const log = createWriteStream(options.log, { flags: 'a' });
  const [command, ...before] = [...(options.prefix ?? []), process.execPath];
  let stopping = false;
  let starts = 0;
  let ready = false;
  let paused = false;
  let child: ChildProcess;
  const launch = () => {
    starts++;
    ready = false;
    paused = false;
    child = spawn(command!, [...before, `${ROOT}${options.program}`], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        ready ||= options.ready.test(chunk.toString());
        log.write(chunk);
      });
    }
    child.once('exit', () => {
      ready = false;
      if (!stopping) setTimeout(() => !stopping && launch(), RESTART_MS);
    });
  };
  launch();
  // However this process ends, nothing of the farm outlives it.
  process.once('exit', () => child.kill('SIGKILL'));
  const gone = async (current: ChildProcess) => {
    if (current.exitCode === null && current.signalCode === null) await once(current, 'exit');
  };
  return {
    name: options.name,
    starts: () => starts,
    async kill(signal = 'SIGKILL') {
      const current = child;
      current.kill(signal);
      await gone(current);
    },
    pause() {
      paused = true;
      child.kill('SIGSTOP');
    },
    resume() {
      paused = false;
      child.kill('SIGCONT');
    },
    isUp: () => ready && !paused,
    async stop() {
      stopping = true;
      const current = child;
      current.kill('SIGCONT');
      current.kill('SIGTERM');
      const overdue = setTimeout(() => current.kill('SIGKILL'), 15_000);
      await gone(current);
      clearTimeout(overdue);
      log.end();
    },
  };
}
