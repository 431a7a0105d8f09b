/**
 * Fetches a profile folder before a worker starts:
 *
 *   node infra/docker/model/main.ts --from <s3://... | https://...> --to <folder> --sha256 <digest of profile.json>
 *
 * The digest settles profile.json, and profile.json settles every other file.
 */
import { parseArgs } from 'node:util';
import { readModelConfig } from './config.ts';
import { fetchProfile } from './fetch-profile.ts';
import { openSource } from './source.ts';

const { values } = parseArgs({
  options: { from: { type: 'string' }, to: { type: 'string' }, sha256: { type: 'string' } },
});
const { from, to, sha256 } = values;
if (!from || !to || !sha256) {
  process.stderr.write('model: --from, --to and --sha256 are needed\n');
  process.exit(2);
}
try {
  // biome-ignore lint/style/noProcessEnv: the one place where the process hands its environment on
  const source = await openSource(from, readModelConfig(process.env).token);
  const done = await fetchProfile(source, to, sha256, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(`model: ${done.fetched} files fetched, ${done.kept} were there\n`);
  source.close();
} catch (error) {
  // What went wrong is said for those who may read a pod's log, so with the cause that replies to callers leave out.
  process.stderr.write(`model: ${reasons(error).join(': ')}\n`);
  process.exit(1);
}

function reasons(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...reasons(error.cause)] : error ? [String(error)] : [];
}
