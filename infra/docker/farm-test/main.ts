/** `helm test`: node infra/docker/farm-test/main.ts <gateway URL> <profile>... */
import { askFarm } from './ask-farm.ts';

const [url, ...profiles] = process.argv.slice(2);
if (!url) {
  process.stderr.write('farm test: name the gateway\n');
  process.exit(2);
}
try {
  for (const line of await askFarm(url, profiles)) process.stdout.write(`${line}\n`);
} catch (error) {
  process.stderr.write(`farm test: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
