import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const run = promisify(execFile);

/** `worldfarm batch ...` in a folder. @returns what it prints */
export async function batchCommand(url: string, cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [MAIN, '--url', url, 'batch', ...args], { cwd });
  return stdout;
}
