import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The courier as a process of its own, so that it can be killed. */
export interface CourierProcess {
  /** SIGKILL: without a word */
  kill(): Promise<void>;
  /** SIGTERM: the exit status */
  stop(): Promise<number | null>;
}

/** Resolves when the courier has said that it is ready. */
export async function spawnCourier(environment: Record<string, string>): Promise<CourierProcess> {
  const child: ChildProcess = spawn(process.execPath, [MAIN], {
    env: { ...environment, NIM_JSONL_LOGGING: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = once(child, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('courier is ready')) resolve();
    });
    gone.then(() => reject(new Error(`the courier ended: ${said}`)));
  });
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
    return child.exitCode;
  };
  return { kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') };
}
