"""Where working data lies: the folder of --data, else POCKET_WORLD_DATA, else ~/.cache/pocket-world."""

import os
from pathlib import Path


def data_dir(given: str | None = None) -> Path:
    """The data folder, made if it is missing."""
    path = Path(given or os.environ.get("POCKET_WORLD_DATA") or Path.home() / ".cache" / "pocket-world").expanduser()
    path.mkdir(parents=True, exist_ok=True)
    return path
