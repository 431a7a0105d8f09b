"""Cached latents: shards of clips of one picture shape, rendered and encoded once, each clip with the four control maps that belong to it.

python -m pocket_world.denoiser.shards --count 200 renders until shards 0 to 199 exist. Run it again with more to add; several may run at once.
"""

import argparse
import random
from multiprocessing import Process
from pathlib import Path

import numpy as np
import torch

from ..autoencoder.groups import Encoder, load_autoencoder
from ..maps.render import FACTORS, KINDS, MEDIUM, THRESHOLDS, blur_map, edge_map, world_maps
from ..paths import data_dir
from ..text.slots import slots
from ..world.attributes import draw_split
from ..world.clip import SHAPES_256, ClipSpec, layout

SIZE = 32  # clips to a shard
PLAN = (0, 1, 0, 2, 0, 3, 0, 4)  # shapes of one round of shards


def draw_spec(r: random.Random, shape: int) -> ClipSpec:
    """A training clip: three in five are told from their beginning at 24 frames a second."""
    a = draw_split(r, False)
    fps, begin = 24.0, 0.0
    if r.random() < .4:
        fps = float(r.choice((24, 24, 12, 16, 30)))
        begin = 0.0 if r.random() < .35 else r.uniform(0, 60 if a.scene != "robot" else 16)
    return ClipSpec(a, layout(a, r), *SHAPES_256[shape], fps, begin)


def controls(spec: ClipSpec, frames: np.ndarray, r: random.Random) -> dict[str, np.ndarray]:
    """The four maps of a clip; edge and blur at a preset, the middle one half of the time."""
    depth, seg = world_maps(spec, len(frames))
    edge, blur = (MEDIUM if r.random() < .5 else r.randrange(len(x)) for x in (THRESHOLDS, FACTORS))
    return {"edge": edge_map(frames, edge), "blur": blur_map(frames, blur), "depth": depth, "seg": seg}


def make(encode: Encoder, number: int) -> dict[str, np.ndarray]:
    """Shard of a number: latents [n, 7, C, h, w], control [n, 4, 7, C, h, w], slots [n, 9, 8], fps and begin [n]."""
    r = random.Random(10_000 + number)
    out: dict[str, list] = {"latents": [], "control": [], "slots": [], "fps": [], "begin": []}
    for _ in range(SIZE):
        s = draw_spec(r, PLAN[number % len(PLAN)])
        frames = s.frames()
        maps = controls(s, frames, r)
        out["latents"].append(encode(frames))
        out["control"].append(np.stack([encode(maps[k]) for k in KINDS]))
        out["slots"].append(slots(s.attributes).numpy())
        out["fps"].append(np.float32(s.fps))
        out["begin"].append(np.float32(s.begin))
    return {k: np.stack(v).astype(np.float16 if k in ("latents", "control") else np.float32) for k, v in out.items()}


def render(root: Path, first: int, count: int, stride: int) -> None:
    """Shards first, first + stride ... below count that are not there."""
    torch.set_num_threads(1)
    encode = Encoder(load_autoencoder(root))
    for number in range(first, count, stride):
        path = root / "shards" / f"{number:05d}.npz"
        if not path.exists():
            part = path.with_suffix(".part")
            with part.open("wb") as f:
                np.savez(f, **make(encode, number))
            part.rename(path)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--count", type=int, default=200)
    p.add_argument("--workers", type=int, default=2)
    a = p.parse_args()
    root = data_dir(a.data)
    (root / "shards").mkdir(exist_ok=True)
    workers = [Process(target=render, args=(root, k, a.count, a.workers)) for k in range(a.workers)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()


if __name__ == "__main__":
    main()
