import { createWriteStream } from 'node:fs';
import { clipPath, splitFolder, videofolderLine } from '@worldfarm/dataset';
import { copyClip } from '../rows/clip.ts';
import { endWriting, writeLine } from '../publish/lines.ts';
import { type OpenLayout, removeRests } from './layout.ts';

/** Hugging Face videofolder: `data/<split>/<id>.mp4` and a `metadata.jsonl` in each split. */
export const openFolderLayout: OpenLayout = async (run, prefix) => ({
  async place(clip) {
    const file = clipPath(clip, clip.extension);
    const key = `${prefix}${file}`;
    await copyClip(run.store, { ...clip.from, bytes: clip.bytes }, key, clip.type, run.signal);
    return { file, at: { key }, state: 'done' };
  },
  settled() {},
  pack: async () => [],

  async finish({ rows, write, whole }) {
    const splits = new Set<string>();
    for await (const { split } of rows()) splits.add(split);
    for (const split of splits) {
      await write(`${splitFolder(split)}metadata.jsonl`, 'application/jsonlines', async (path) => {
        const out = createWriteStream(path);
        for await (const row of rows()) if (row.split === split) await writeLine(out, videofolderLine(row));
        await endWriting(out);
      });
    }
    if (!whole) return;
    const files = new Set<string>();
    for await (const { file, split } of rows()) {
      files.add(`${prefix}${file}`);
      files.add(`${prefix}${splitFolder(split)}metadata.jsonl`);
    }
    await removeRests(run, `${prefix}data/`, (key) => files.has(key));
  },
});
