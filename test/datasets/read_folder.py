"""Reads a videofolder with Hugging Face datasets and says what it saw, as JSON."""

import hashlib
import json
import sys

from datasets import Video, load_dataset

folder = sys.argv[1]
found = {}
for split, rows in load_dataset("videofolder", data_dir=folder).items():
    rows = rows.cast_column("video", Video(decode=False))
    found[split] = [
        {
            "id": row["id"],
            "prompt": row["prompt"],
            "seed": row["seed"],
            "said": row["sha256"],
            "sha256": hashlib.sha256(open(row["video"]["path"], "rb").read()).hexdigest(),
        }
        for row in rows
    ]
json.dump(found, sys.stdout)
