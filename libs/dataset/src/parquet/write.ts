import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { cell, type Column, schemaOf } from './columns.ts';

export interface ParquetOptions {
  /** rows of one row group, which is what is held in memory (default 10,000) */
  readonly groupRows?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes rows as a Parquet file at a path, one row group at a time.
 * @returns how many rows it has
 */
export async function writeParquet<Row>(
  path: string,
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row> | Iterable<Row>,
  { groupRows = 10_000, metadata = {} }: ParquetOptions = {},
): Promise<number> {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: schemaOf(columns),
    createdBy: 'worldfarm',
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  let count = 0;
  let group: Row[] = [];
  const flush = async () => {
    if (group.length === 0) return;
    const columnData = columns.map((column) => ({
      name: column.name,
      data: group.map((row) => cell(column, row)),
    }));
    await writer.write({ columnData, rowGroupSize: group.length });
    count += group.length;
    group = [];
  };
  for await (const row of rows) {
    group.push(row);
    if (group.length >= groupRows) await flush();
  }
  await flush();
  await writer.finish();
  return count;
}
