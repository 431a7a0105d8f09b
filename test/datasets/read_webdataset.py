"""Reads tar shards with the WebDataset reader of Hugging Face datasets and says what it saw, as JSON."""

import glob
import hashlib
import json
import os
import sys

from datasets import Video, load_dataset

folder = sys.argv[1]
splits = sorted({os.path.basename(path).rsplit("-", 1)[0] for path in glob.glob(f"{folder}/shards/*.tar")})
files = {split: f"{folder}/shards/{split}-*.tar" for split in splits}
found = {}
for split, rows in load_dataset("webdataset", data_files=files).items():
    rows = rows.cast_column("mp4", Video(decode=False))
    found[split] = [
        {
            "id": row["json"]["id"],
            "key": row["__key__"],
            "said": row["json"]["sha256"],
            "job": json.loads(row["json"]["provenance"])["job"],
            "sha256": hashlib.sha256(row["mp4"]["bytes"]).hexdigest(),
        }
        for row in rows
    ]
json.dump(found, sys.stdout)
