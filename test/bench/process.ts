import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** A server in a process of its own, so that its load does not slow down whoever measures it. */
export interface Server {
  readonly url: string;
  /** resident megabytes: now, and the most there ever were */
  memory(): Promise<{ now: number; peak: number }>;
  stop(): Promise<void>;
}

/** Starts a script and waits until it prints its address, or until `url` answers. */
export async function startServer(
  script: string,
  { args = [], env = {}, url }: { args?: string[]; env?: Record<string, string>; url?: string },
): Promise<Server> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = url ? await answering(url, child) : await printed(child);
  return {
    url: address,
    memory: () => memoryOf(child.pid!),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function printed(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout!, 'data');
  return String(chunk).trim();
}

async function answering(url: string, child: ChildProcess): Promise<string> {
  while (child.exitCode === null) {
    const alive = await fetch(`${url}/v1/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (alive) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the server ended before it answered');
}

async function memoryOf(pid: number): Promise<{ now: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { now: Math.round(megabytes('VmRSS')), peak: Math.round(megabytes('VmHWM')) };
}
