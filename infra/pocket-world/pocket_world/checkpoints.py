"""Weights that a later sitting goes on from: python -m pocket_world.checkpoints pack | unpack."""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from .paths import data_dir

FOLDER = Path(__file__).resolve().parent.parent / "checkpoints"
MOST = 12_000_000  # bytes in a file
NAMES = ("autoencoder", "text", "denoiser", "depth", "seg")


def pack(root: Path) -> None:
    """The data folder's checkpoints as float16: the averaged weights, from which training goes on. Large ones in several files."""
    FOLDER.mkdir(exist_ok=True)
    notes = {}
    for name in NAMES:
        if not (root / f"{name}.pt").exists():
            continue
        s = torch.load(root / f"{name}.pt", map_location="cpu")
        for old in FOLDER.glob(f"{name}.*.safetensors"):
            old.unlink()
        tensors = {k: v.half().contiguous() if v.dtype == torch.float32 and v.numel() > 64 else v.contiguous() for k, v in s["model"].items()}
        for k, part in enumerate(parts(tensors)):
            save_file(part, FOLDER / f"{name}.{k}.safetensors")
        notes[name] = {k: v for k, v in s.items() if k not in ("model", "raw", "optimiser")}
    (FOLDER / "notes.json").write_text(json.dumps(notes, indent=1) + "\n")
    (FOLDER / "tokenizer.json").write_bytes((root / "tokenizer.json").read_bytes())


def parts(tensors: dict[str, torch.Tensor]) -> list[dict[str, torch.Tensor]]:
    """The tensors in runs of at most MOST bytes."""
    out: list[dict[str, torch.Tensor]] = [{}]
    size = 0
    for k, v in tensors.items():
        if out[-1] and size + v.nbytes > MOST:
            out.append({})
            size = 0
        out[-1][k] = v
        size += v.nbytes
    return out


def unpack(root: Path) -> None:
    """Checkpoints in the form that the training commands read; existing ones are left alone."""
    notes = json.loads((FOLDER / "notes.json").read_text())
    for name, note in notes.items():
        path = root / f"{name}.pt"
        if path.exists():
            print(path, "is there, left alone")
            continue
        files = sorted(FOLDER.glob(f"{name}.*.safetensors"))
        model = {k: v.float() if v.dtype == torch.float16 else v for file in files for k, v in load_file(file).items()}
        torch.save({"model": model, **note}, path)
    (root / "tokenizer.json").write_bytes((FOLDER / "tokenizer.json").read_bytes())


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("what", choices=("pack", "unpack"))
    p.add_argument("--data")
    a = p.parse_args()
    {"pack": pack, "unpack": unpack}[a.what](data_dir(a.data))


if __name__ == "__main__":
    main()
