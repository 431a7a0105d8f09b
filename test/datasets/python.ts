import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const run = promisify(execFile);
const PACKAGES = ['datasets', 'pyarrow', 'pandas'];
const OFFLINE = { HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', HF_HUB_DISABLE_TELEMETRY: '1' };

/** A Python that has the readers: the one that WORLDFARM_PYTHON names, or the system's. Undefined without them. */
export async function findPython(): Promise<string | undefined> {
  for (const python of [process.env.WORLDFARM_PYTHON, 'python3']) {
    if (!python) continue;
    const found = await run(python, ['-c', `import ${PACKAGES.join(', ')}`]).then(
      () => true,
      () => false,
    );
    if (found) return python;
  }
  return undefined;
}

/** What nobody should overlook who runs the tests without them. */
export const MISSING_PYTHON = [
  '',
  '!!! The datasets were NOT read back by Python: no Python with datasets, pyarrow and pandas was found.',
  '!!! python3 -m venv /tmp/readers && /tmp/readers/bin/pip install -r test/datasets/requirements.txt',
  '!!! WORLDFARM_PYTHON=/tmp/readers/bin/python npm test',
  '',
].join('\n');

/** Runs `read_<what>.py` on a folder. @returns what it saw */
export async function readWithPython(
  python: string,
  what: string,
  folder: string,
  cache: string,
): Promise<unknown> {
  const script = fileURLToPath(new URL(`read_${what}.py`, import.meta.url));
  const env = { ...process.env, ...OFFLINE, HF_HOME: cache };
  const { stdout } = await run(python, [script, folder], { env, maxBuffer: 50_000_000 });
  return JSON.parse(stdout);
}
