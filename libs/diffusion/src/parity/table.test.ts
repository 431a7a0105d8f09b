import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parityTable, replaceTable } from './table.ts';

const golden = (mode: string, seed: number, latents: number) => ({
  name: 'a',
  mode,
  seed,
  steps: 8,
  size: '32x16x9',
  latents,
  frames: 1e-7,
  tolerance: { latents: 1e-4, frames: 1e-4 },
  ok: true,
});

test('a row has the worst case of a mode, and the table replaces only what is between its marks', () => {
  const goldens = [golden('text2video', 0, 1e-6), golden('text2video', 1, 3e-6), golden('image2video', 0, 0)];
  const table = parityTable([{ profile: 'p', goldens }]);
  assert.match(table, /^\| p \| text2video \| 2 \| 8 \| 0, 1 \| 32x16x9 \| 3\.0e-6 \| 1\.0e-7 \|$/m);
  assert.match(table, /^\| p \| image2video \| 1 \| 8 \| 0 \| 32x16x9 \| 0 \|/m);
  const document = replaceTable('before\n<!-- table: begin -->old<!-- table: end -->\nafter', table);
  assert.ok(document.startsWith('before\n') && document.endsWith('\nafter') && !document.includes('old'));
  assert.throws(() => replaceTable('nothing', table));
});
