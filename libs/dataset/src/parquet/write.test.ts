import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { aClip } from '../testing/clip.ts';
import type { Column } from './columns.ts';
import { MANIFEST_COLUMNS } from './manifest.ts';
import { writeParquet } from './write.ts';

const folder = await mkdtemp(join(tmpdir(), 'worldfarm-parquet-'));
after(() => rm(folder, { recursive: true }));

async function roundTrip<Row>(columns: readonly Column<Row>[], rows: Row[], groupRows?: number) {
  const path = join(folder, 'file.parquet');
  await writeParquet(path, columns, rows, { groupRows, metadata: { made: 'here' } });
  const bytes = await readFile(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return { rows: await parquetReadObjects({ file }), metadata: parquetMetadata(file) };
}

describe('a Parquet file', () => {
  it('holds every column of the manifest as it was, what is missing as null', async () => {
    const scores = { frozen: 0, black: 0, white: 0, flicker: 0.1, motion: 0.2, sharpness: 0.3, phash: 'ff' };
    const { rows } = await roundTrip(MANIFEST_COLUMNS, [
      aClip({ scores, offset: 512, tags: { a: 'b' } }),
      aClip({ id: 'b', seed: 4_294_967_295 }),
    ]);
    assert.deepEqual(
      Object.keys(rows[0]!),
      MANIFEST_COLUMNS.map(({ name }) => name),
    );
    assert.equal(rows[0]!.score_motion, 0.2);
    assert.equal(rows[0]!.offset, 512n);
    assert.equal(rows[0]!.tags, '{"a":"b"}');
    assert.equal(rows[1]!.score_motion, null);
    assert.equal(rows[1]!.seed, 4_294_967_295n);
    assert.equal(rows[1]!.offset, null);
  });

  it('is written in row groups, one in memory at a time', async () => {
    const column: Column<number> = { name: 'n', type: 'long', of: (n) => n };
    const { rows, metadata } = await roundTrip([column], [1, 2, 3, 4, 5, 6, 7], 3);
    assert.deepEqual(
      rows.map(({ n }) => Number(n)),
      [1, 2, 3, 4, 5, 6, 7],
    );
    assert.deepEqual(
      metadata.row_groups.map(({ num_rows }) => Number(num_rows)),
      [3, 3, 1],
    );
    assert.deepEqual(metadata.key_value_metadata, [{ key: 'made', value: 'here' }]);
  });

  it('holds lists of texts', async () => {
    const column: Column<string[]> = { name: 'tasks', type: 'texts', of: (texts) => texts };
    const { rows } = await roundTrip([column], [['a', 'b'], [], ['c']]);
    assert.deepEqual(
      rows.map(({ tasks }) => tasks),
      [['a', 'b'], [], ['c']],
    );
  });

  it('may hold nothing', async () => {
    assert.deepEqual((await roundTrip(MANIFEST_COLUMNS, [])).rows, []);
  });
});
