import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './port.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 180_000;

/** A whole farm as `npm start` makes it, on a free port and a folder of its own. */
export interface TestFarm {
  readonly url: string;
  readonly data: string;
  /** everything it printed so far */
  output(): string;
  /** pids of its parts in the order they were started: redis-server, gateway, worker, ... */
  children(): Promise<readonly number[]>;
  /** sends a signal to the supervisor and waits for its end; resolves to its exit code */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** starts it again on the same folder */
  restart(): Promise<void>;
  /** ends it and removes its folder */
  remove(): Promise<void>;
}

export async function startTestFarm(variables: Record<string, string> = {}): Promise<TestFarm> {
  const data = await mkdtemp(join(tmpdir(), 'worldfarm-farm-'));
  const port = await freePort();
  let text = '';
  let process_: ChildProcess;

  const launch = async () => {
    const { REDIS_URL: _, ...inherited } = process.env;
    process_ = spawn(process.execPath, [CLI, 'up'], {
      env: { ...inherited, WORLDFARM_DATA: data, NIM_HTTP_API_PORT: `${port}`, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const since = text.length;
    const ready = Promise.withResolvers<void>();
    for (const stream of [process_.stdout!, process_.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.slice(since).includes('Worldfarm is ready')) ready.resolve();
      });
    }
    process_.once('exit', (code) => ready.reject(new Error(`the farm ended with ${code}:\n${text}`)));
    const late = setTimeout(
      () => ready.reject(new Error(`the farm is not ready:\n${text}`)),
      START_TIMEOUT_MS,
    );
    await ready.promise.finally(() => clearTimeout(late));
  };
  const end = async (signal: NodeJS.Signals) => {
    if (process_.exitCode === null && process_.signalCode === null) {
      const ended = once(process_, 'exit');
      process_.kill(signal);
      await ended;
    }
    return process_.exitCode;
  };
  await launch();
  return {
    url: `http://127.0.0.1:${port}`,
    data,
    output: () => text,
    end,
    restart: launch,
    children: async () => JSON.parse(await readFile(join(data, 'up.json'), 'utf8')).children,
    remove: async () => {
      await end('SIGTERM');
      await rm(data, { recursive: true, force: true });
    },
  };
}
