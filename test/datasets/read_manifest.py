"""Reads manifest.parquet with pyarrow, compares it with manifest.jsonl, and says what it saw, as JSON."""

import json
import sys

import pyarrow.parquet as pq

folder = sys.argv[1]
table = pq.read_table(f"{folder}/manifest.parquet")
rows = table.to_pylist()
with open(f"{folder}/manifest.jsonl") as lines:
    given = [json.loads(line) for line in lines]
assert len(rows) == len(given), (len(rows), len(given))
for row, line in zip(rows, given):
    for name in ("id", "file", "sha256", "bytes", "prompt", "seed", "fps", "frames", "width", "offset"):
        assert row[name] == line.get(name), (name, row[name], line.get(name))
    assert json.loads(row["timings"]) == line["timings"]
    for name, score in (line["scores"] or {}).items():
        assert row[f"score_{name}"] == score, name
json.dump({"columns": table.column_names, "rows": len(rows)}, sys.stdout)
