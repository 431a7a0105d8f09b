"""Writes one golden case: `case.json` and little-endian float32 tensors beside it (GRAPHS.md, "Goldens")."""

import json
from pathlib import Path

import numpy as np

# Largest allowed absolute difference in final latents and in frames (0..1), by the precision of the graphs.
TOLERANCE = {"fp32": {"latents": 1e-4, "frames": 1e-4}, "fp16": {"latents": 1e-1, "frames": 5e-2}}


class GoldenWriter:
    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.iterdir():
            stale.unlink()

    def tensor(self, name: str, values) -> dict:
        """Saves C-ordered float32 and returns its reference, `{file, shape}`."""
        array = np.ascontiguousarray(np.asarray(values), dtype="<f4")
        array.tofile(self.folder / f"{name}.f32")
        return {"file": f"{name}.f32", "shape": list(array.shape)}

    def draws(self, drawn: list[tuple[dict, np.ndarray]]) -> list[dict]:
        """All further random draws in one file, in the order drawn; `offset` counts floats."""
        entries, offset = [], 0
        for label, values in drawn:
            entries.append({**label, "file": "draws.f32", "offset": offset, "shape": list(values.shape)})
            offset += values.size
        if drawn:
            self.tensor("draws", np.concatenate([values.ravel() for _, values in drawn]))
        return entries

    def save(self, case: dict) -> None:
        text = json.dumps(case, indent=1, ensure_ascii=False)
        (self.folder / "case.json").write_text(text + "\n", encoding="utf-8")
