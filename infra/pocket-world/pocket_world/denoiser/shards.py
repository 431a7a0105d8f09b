"""Cached latents: shards of clips of one picture shape, rendered and encoded once.

python -m pocket_world.denoiser.shards --count 20 renders shards until 20 of the plan exist. Run it again with more to add.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch

from ..autoencoder.model import Autoencoder, encode_video
from ..maps.render import KINDS, control_frames
from ..paths import data_dir
from ..text.slots import slots
from ..world.attributes import draw_split
from ..world.clip import SHAPES_256, ClipSpec, layout

SIZE = 96  # clips to a shard
# one round of the plan: (shape, kind); "plain" begins at 0 at 24 fps, "any" varies fps and beginning, "control" has maps too
PLAN = [(0, "plain"), (0, "plain"), (0, "any"), (0, "control"), (0, "plain"), (1, "plain"), (2, "plain"), (0, "any"), (3, "plain"), (4, "plain")]


def draw_spec(r: random.Random, shape: int, kind: str) -> ClipSpec:
    """A training clip."""
    a = draw_split(r, False)
    lay = layout(a, r)
    fps, begin = 24.0, 0.0
    if kind == "any" or (kind == "control" and r.random() < .3):
        fps = float(r.choice((24, 24, 12, 16, 30)))
        begin = 0.0 if r.random() < .35 else r.uniform(0, 60 if a.scene != "robot" else 16)
    return ClipSpec(a, lay, *SHAPES_256[shape], fps, begin)


@torch.no_grad()
def encode(model: Autoencoder, frames: np.ndarray) -> np.ndarray:
    """Frames [25, H, W, 3] uint8 to latents [7, C, h, w] float16."""
    return encode_video(model, torch.from_numpy(frames).permute(3, 0, 1, 2)[None].float() / 127.5 - 1)[0].half().numpy()


def make(model: Autoencoder, number: int) -> dict[str, np.ndarray]:
    """Shard of a number: latents [n, 7, C, h, w], slots, fps, begin, and for control shards control [n, 4, 7, C, h, w]."""
    shape, kind = PLAN[number % len(PLAN)]
    r = random.Random(10_000 + number)
    out: dict[str, list] = {"latents": [], "slots": [], "fps": [], "begin": [], "control": []}
    for _ in range(SIZE // 2 if kind == "control" else SIZE):
        s = draw_spec(r, shape, kind)
        frames = s.frames()
        out["latents"].append(encode(model, frames))
        out["slots"].append(slots(s.attributes).numpy())
        out["fps"].append(np.float32(s.fps))
        out["begin"].append(np.float32(s.begin))
        if kind == "control":
            out["control"].append(np.stack([encode(model, control_frames(k, frames, s)) for k in KINDS]))
    return {k: np.stack(v) for k, v in out.items() if v}


def load_autoencoder(root: Path) -> Autoencoder:
    """The trained autoencoder, ready to use."""
    s = torch.load(root / "autoencoder.pt")
    model = Autoencoder(s["channels"])
    model.load_state_dict(s["model"])
    return model.eval().requires_grad_(False)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--count", type=int, default=20)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--stride", type=int, default=1, help="with --first: let several processes share the work")
    a = p.parse_args()
    root = data_dir(a.data)
    folder = root / "shards"
    folder.mkdir(exist_ok=True)
    torch.set_num_threads(1)
    model = load_autoencoder(root)
    for number in range(a.first, a.count, a.stride):
        path = folder / f"{number:04d}.npz"
        if not path.exists():
            part = path.with_suffix(".part.npz")
            np.savez(part, **make(model, number))
            part.rename(path)
            print(path.name, PLAN[number % len(PLAN)], flush=True)


if __name__ == "__main__":
    main()
