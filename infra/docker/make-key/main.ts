/**
 * Makes an API key and prints its secret alone, for scripts: node infra/docker/make-key/main.ts <name> [--admin]
 * It talks to Redis, not to the gateway: the first key needs no key.
 */
import { parseArgs } from 'node:util';
import { openFarm } from '@worldfarm/queue';
import { readMakeKeyConfig } from './config.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { admin: { type: 'boolean' } },
});
const [name] = positionals;
if (!name) {
  process.stderr.write('make-key: give the key a name\n');
  process.exit(2);
}
// biome-ignore lint/style/noProcessEnv: the one place where the process hands its environment on
const { url, prefix } = readMakeKeyConfig(process.env);
const farm = openFarm({ url, prefix, patience: 'wait' });
try {
  const { secret } = await farm.keys.create({ name, admin: values.admin ?? false });
  process.stdout.write(`${secret}\n`);
} catch (error) {
  process.stderr.write(`make-key: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await farm.close();
}
