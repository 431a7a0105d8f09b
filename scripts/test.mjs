// Runs the tests below the named folders (all when none is named) with Node's own runner, and ends with its summary.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const folders = process.argv.slice(2);
const files = (folders.length > 0 ? folders : ['libs', 'apps', 'test'])
  .flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { exclude: ['**/node_modules/**'] }))
  .sort();
const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-reporter=spec', '--test-concurrency=2', ...files],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
