"""Weights that a later sitting goes on from: python -m pocket_world.checkpoints pack | unpack."""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from .paths import data_dir

FOLDER = Path(__file__).resolve().parent.parent / "checkpoints"
NAMES = ("autoencoder", "text", "denoiser", "depth", "seg")


def pack(root: Path) -> None:
    """The data folder's checkpoints as float16: the averaged weights, from which training goes on."""
    FOLDER.mkdir(exist_ok=True)
    notes = {}
    for name in NAMES:
        if not (root / f"{name}.pt").exists():
            continue
        s = torch.load(root / f"{name}.pt")
        tensors = {k: v.half().contiguous() if v.dtype == torch.float32 and v.numel() > 64 else v.contiguous() for k, v in s["model"].items()}
        save_file(tensors, FOLDER / f"{name}.safetensors")
        notes[name] = {k: v for k, v in s.items() if k not in ("model", "raw", "opt", "ema")}
    (FOLDER / "notes.json").write_text(json.dumps(notes, indent=1) + "\n")
    (FOLDER / "tokenizer.json").write_bytes((root / "tokenizer.json").read_bytes())


def unpack(root: Path) -> None:
    """Checkpoints in the form that the training commands read; existing ones are left alone."""
    notes = json.loads((FOLDER / "notes.json").read_text())
    for name, note in notes.items():
        path = root / f"{name}.pt"
        if path.exists():
            print(path, "is there, left alone")
            continue
        model = {k: v.float() if v.dtype == torch.float16 else v for k, v in load_file(FOLDER / f"{name}.safetensors").items()}
        torch.save({"model": model, "raw": model, **note}, path)
        prior = {k.removeprefix("prior."): v for k, v in model.items() if k.startswith("prior.")}
        if prior:
            torch.save(prior, root / "prior.pt")
    (root / "tokenizer.json").write_bytes((FOLDER / "tokenizer.json").read_bytes())


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("what", choices=("pack", "unpack"))
    p.add_argument("--data")
    a = p.parse_args()
    {"pack": pack, "unpack": unpack}[a.what](data_dir(a.data))


if __name__ == "__main__":
    main()
