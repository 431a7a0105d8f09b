/** Measures every golden of the fixtures and writes the table of docs/parity.md: `node libs/diffusion/src/parity/write-table.ts`. */
import { readFile, writeFile } from 'node:fs/promises';
import { fixtures } from './fixtures.ts';
import { type ProfileGoldens, parityTable, replaceTable } from './table.ts';
import { verifyProfile } from './verify.ts';

const document = new URL('../../../../docs/parity.md', import.meta.url);
const profiles: ProfileGoldens[] = [];
for (const { name, dir } of fixtures()) {
  const { goldens } = await verifyProfile(dir, { threads: 2 });
  profiles.push({ profile: name, goldens });
}
const table = parityTable(profiles);
await writeFile(document, replaceTable(await readFile(document, 'utf8'), table));
process.stdout.write(`${table}\n`);
