import { createWriteStream } from 'node:fs';
import { clipPath, splitFolder, videofolderLine } from '@worldfarm/dataset';
import { listAll } from '@worldfarm/storage';
import { copyClip } from '../rows/clip.ts';
import { endWriting, writeLine } from '../publish/lines.ts';
import type { OpenLayout } from './layout.ts';

/** Hugging Face videofolder: `data/<split>/<id>.mp4` and a `metadata.jsonl` in each split. */
export const openFolderLayout: OpenLayout = async ({ store, record, signal }, prefix) => ({
  async place(clip) {
    const file = clipPath(clip, clip.extension);
    const key = `${prefix}${file}`;
    await copyClip(store, { ...clip.from, bytes: clip.bytes }, key, clip.type, signal);
    return { file, at: { key }, state: 'done' };
  },
  settled() {},
  async pack() {},

  async finish({ rows, write }) {
    const splits = new Set<string>();
    for await (const { split } of rows()) splits.add(split);
    for (const split of splits) {
      await write(`${splitFolder(split)}metadata.jsonl`, 'application/jsonlines', async (path) => {
        const out = createWriteStream(path);
        for await (const row of rows()) if (row.split === split) await writeLine(out, videofolderLine(row));
        await endWriting(out);
      });
    }
    // An older revision may have left clips that are no rows any more; readers would take them for rows.
    if (record.revision > 1) {
      const files = new Set<string>();
      for await (const { file, split } of rows()) {
        files.add(`${prefix}${file}`);
        files.add(`${prefix}${splitFolder(split)}metadata.jsonl`);
      }
      for await (const { key } of listAll(store, `${prefix}data/`, signal)) {
        if (!files.has(key)) await store.delete(key);
      }
    }
  },
});
