"""Exports the newest checkpoints: python -m pocket_world.export --out ../../profiles/pocket-world."""

import argparse
from pathlib import Path

import torch

from ..denoiser.preview import load
from ..denoiser.sample import Rule
from ..autoencoder.groups import load_autoencoder
from ..paths import data_dir
from ..text.model import TextEncoder
from . import golden, graphs, profile

NOTICE = "A toy: it knows streets, a robot arm with a box and moving shapes, learned from procedural clips, and nothing else. See README.md beside it for its measured faults."


def load_text(root: Path) -> TextEncoder:
    """The trained text encoder."""
    s = torch.load(root / "text.pt")["model"]
    model = TextEncoder(s["embed.weight"].shape[0])
    model.load_state_dict(s)
    return model.eval().requires_grad_(False)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--name", default="denoiser")
    p.add_argument("--version", default="0.2.0")
    p.add_argument("--steps", type=int, default=Rule.steps)
    p.add_argument("--guidance", type=float, default=Rule.guidance)
    p.add_argument("--shift", type=float, default=Rule.shift)
    a = p.parse_args()
    torch.set_num_threads(1)
    root, rule = data_dir(a.data), Rule(a.steps, a.guidance, a.shift)
    a.out.mkdir(parents=True, exist_ok=True)
    denoiser = load(root / f"{a.name}.pt")
    graphs.write(a.out, load_text(root), denoiser, load_autoencoder(root))
    (a.out / "tokenizer.json").write_bytes((root / "tokenizer.json").read_bytes())
    for kind in ("depth", "seg"):
        if (root / f"{kind}.pt").exists():
            from ..maps.export import write as write_map
            write_map(root, kind, a.out)
    golden.write(a.out, rule)
    profile.write(a.out, rule, denoiser.channels, a.version, NOTICE)
    for f in sorted(a.out.glob("*.*")):
        print(f.name, f.stat().st_size)


if __name__ == "__main__":
    main()
