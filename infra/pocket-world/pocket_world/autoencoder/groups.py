"""Training pictures of the decoder, and the encoder as plain numpy (it is linear), for processes that render."""

import random
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import torch

from ..world.clip import spec
from .model import CELL, GROUP, Autoencoder

CROP = 192


class Encoder:
    """Frames to latents without torch's threads: uint8 [1+4k, H, W, 3] to float32 [1+k, C, H/16, W/16]."""

    def __init__(self, model: Autoencoder) -> None:
        w = model.project.weight.detach().numpy()  # [C, 3 * GROUP, CELL, CELL]
        c = len(w)
        # patches are cut as frame, row, column, colour
        self.weight = np.ascontiguousarray(w.reshape(c, 3, GROUP, CELL, CELL).transpose(2, 3, 4, 1, 0).reshape(-1, c))
        self.bias = model.project.bias.detach().numpy() - self.weight.sum(0)
        self.weight = self.weight / 127.5

    def __call__(self, frames: np.ndarray) -> np.ndarray:
        x = np.concatenate([frames[:1].repeat(GROUP - 1, 0), frames])
        t, h, w, _ = x.shape
        x = x.reshape(t // GROUP, GROUP, h // CELL, CELL, w // CELL, CELL, 3).transpose(0, 2, 4, 1, 3, 5, 6)
        z = x.reshape(-1, len(self.weight)).astype(np.float32) @ self.weight + self.bias
        return z.reshape(t // GROUP, h // CELL, w // CELL, -1).transpose(0, 3, 1, 2)


def load_autoencoder(root: Path) -> Autoencoder:
    """The trained autoencoder, ready to use."""
    s = torch.load(root / "autoencoder.pt", map_location="cpu")
    model = Autoencoder(s["channels"])
    model.load_state_dict(s["model"])
    return model.eval().requires_grad_(False)


def group(seed: int) -> np.ndarray:
    """[4, CROP, CROP, 3] uint8: part of four frames of any shape, speed and moment (one in six: one frame four times)."""
    r = random.Random(seed)
    s = spec(seed, varied=r.random() < .5)
    start = r.randrange(22)
    frames = s.frames(1, start).repeat(4, 0) if r.random() < .16 else s.frames(4, start)
    y, x = r.randint(0, s.height - CROP), r.randint(0, s.width - CROP)
    return frames[:, y:y + CROP, x:x + CROP]


def render(path: Path, count: int, workers: int) -> np.ndarray:
    """The groups of seeds 0 to count-1 as a memory map, rendered when the file is not there."""
    if not path.exists():
        part = path.with_suffix(".part.npy")
        out = np.lib.format.open_memmap(part, "w+", np.uint8, (count, GROUP, CROP, CROP, 3))
        with Pool(workers) as pool:
            for i, g in enumerate(pool.imap(group, range(count), chunksize=16)):
                out[i] = g
        out.flush()
        part.rename(path)
    return np.load(path, mmap_mode="r")
