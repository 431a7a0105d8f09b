import type { ClipScores, ProvenanceRow } from '@worldfarm/core';
import type { Column } from './columns.ts';

const text = (name: keyof ProvenanceRow): Column<ProvenanceRow> => ({
  name,
  type: 'text',
  of: (row) => row[name],
});
const int = (name: keyof ProvenanceRow): Column<ProvenanceRow> => ({
  name,
  type: 'int',
  of: (row) => row[name],
});
const long = (name: keyof ProvenanceRow): Column<ProvenanceRow> => ({
  name,
  type: 'long',
  of: (row) => row[name],
});
const double = (name: keyof ProvenanceRow): Column<ProvenanceRow> => ({
  name,
  type: 'double',
  of: (row) => row[name],
});
const json = (name: keyof ProvenanceRow): Column<ProvenanceRow> => ({
  name,
  type: 'json',
  of: (row) => row[name],
});
const score = (name: keyof ClipScores): Column<ProvenanceRow> => ({
  name: `score_${name}`,
  type: name === 'phash' ? 'text' : 'double',
  of: ({ scores }) => scores?.[name],
});

/** The row of provenance as a table: scores one column each, what has no fixed shape as JSON text. */
export const MANIFEST_COLUMNS: readonly Column<ProvenanceRow>[] = [
  text('id'),
  long('line'),
  text('split'),
  text('file'),
  long('offset'),
  text('sha256'),
  long('bytes'),
  text('prompt'),
  text('upsampled_prompt'),
  text('negative_prompt'),
  long('seed'),
  int('steps'),
  double('guidance'),
  double('fps'),
  int('frames'),
  int('width'),
  int('height'),
  text('codec'),
  text('family'),
  text('mode'),
  text('profile'),
  text('profile_version'),
  json('profile_files'),
  text('engine'),
  text('worker'),
  text('device'),
  int('attempt'),
  json('timings'),
  json('inputs'),
  json('tags'),
  json('warnings'),
  text('created_at'),
  text('job'),
  text('batch'),
  text('key'),
  score('frozen'),
  score('black'),
  score('white'),
  score('flicker'),
  score('motion'),
  score('sharpness'),
  score('phash'),
  text('near_duplicate_of'),
];
