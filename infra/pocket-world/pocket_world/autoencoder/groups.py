"""Training pictures of the autoencoder: groups of four successive frames, and of their control maps, in one file."""

import random
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from ..maps.render import control_frames
from ..world.clip import spec


def group(seed: int) -> np.ndarray:
    """[4, 192, 320, 3] uint8: four frames (one in six: one frame four times; one in eight: a control map)."""
    r = random.Random(seed)
    s = spec(seed)
    start, kind = r.randrange(22), r.random()
    frames = s.frames(1, start).repeat(4, 0) if kind < .16 else s.frames(4, start)
    if r.random() < .12:
        frames = control_frames(r.choice(("edge", "blur", "depth", "seg")), frames, s, start)
    return frames


def render(path: Path, count: int, workers: int = 2) -> np.ndarray:
    """The groups of seeds 0 to count-1 as a memory map, rendered when the file is not there."""
    if not path.exists():
        part = path.with_suffix(".part.npy")
        out = np.lib.format.open_memmap(part, "w+", np.uint8, (count, 4, 192, 320, 3))
        with Pool(workers) as pool:
            for i, g in enumerate(pool.imap(group, range(count), chunksize=16)):
                out[i] = g
        out.flush()
        part.rename(path)
    return np.load(path, mmap_mode="r")
