/**
 * `node infra/sim/main.ts`: the tables of docs/kubernetes.md, on standard output.
 * `node infra/sim/main.ts --check docs/kubernetes.md`: fails when that page has other ones.
 * `--scale 0.2` for a quick look.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startRedis } from '@worldfarm/test-support';
import { makeTables } from './tables.ts';

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '1' }, check: { type: 'string' } },
});
const redis = await startRedis();
try {
  const tables = await makeTables(redis.url, Number(values.scale), (line) =>
    process.stderr.write(`${line}\n`),
  );
  for (const { title, text } of tables) process.stdout.write(`\n${title}\n\n${text}\n`);
  if (values.check) {
    const page = await readFile(values.check, 'utf8');
    const missing = tables.filter(({ text }) => !page.includes(text));
    for (const { title } of missing) process.stderr.write(`${values.check} has another table: ${title}\n`);
    process.exitCode = missing.length > 0 ? 1 : 0;
  }
} finally {
  await redis.stop();
}
