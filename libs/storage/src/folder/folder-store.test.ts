import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectStoreContract } from '../testing/contract.ts';
import { openFolderStore } from './folder-store.ts';

objectStoreContract('A folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'worldfarm-store-'));
  return { store: await openFolderStore({ root }), close: () => rm(root, { recursive: true }) };
});
