/** What a column holds. `json` is text that readers parse: values whose shape differs from row to row. */
export type ColumnType = 'text' | 'int' | 'long' | 'double' | 'float' | 'texts' | 'json';

/** A column of a table over rows of one type. */
export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: Row) => unknown;
  /** default true */
  readonly nullable?: boolean;
}

interface SchemaElement {
  readonly name: string;
  readonly type?: 'BYTE_ARRAY' | 'INT32' | 'INT64' | 'DOUBLE' | 'FLOAT';
  readonly converted_type?: 'UTF8' | 'LIST';
  readonly repetition_type?: 'REQUIRED' | 'OPTIONAL' | 'REPEATED';
  readonly num_children?: number;
}

/** The Parquet schema of some columns (format: apache/parquet-format, LogicalTypes, three-level lists). */
export function schemaOf<Row>(columns: readonly Column<Row>[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(elementsOf)];
}

const LEAVES: Record<Exclude<ColumnType, 'texts'>, Omit<SchemaElement, 'name'>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int: { type: 'INT32' },
  long: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  float: { type: 'FLOAT' },
};

function elementsOf<Row>({ name, type, nullable = true }: Column<Row>): SchemaElement[] {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED';
  if (type !== 'texts') return [{ name, repetition_type, ...LEAVES[type] }];
  return [
    { name, repetition_type, num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', ...LEAVES.text },
  ];
}

/** A row's value as the writer takes it. */
export function cell<Row>({ type, of }: Column<Row>, row: Row): unknown {
  const value = of(row);
  if (value === undefined || value === null) return null;
  if (type === 'json') return JSON.stringify(value);
  return type === 'long' ? BigInt(value as number) : value;
}
