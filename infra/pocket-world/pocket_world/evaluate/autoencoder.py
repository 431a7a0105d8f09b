"""How well the autoencoder keeps held-out clips."""

import numpy as np

from ..engine import Engine
from ..world.clip import spec
from .pixels import flicker, psnr


def run(engine: Engine, count: int) -> dict[str, float]:
    """PSNR over held-out clips (fresh seeds, held-out combinations), and flicker of the world and of its reconstruction."""
    values, ours, theirs = [], [], []
    for i in range(count):
        f = spec(500_000 + i, held=True).frames()
        g = engine.decode(engine.encode(f))
        values.append(psnr(f, g))
        theirs.append(flicker(f))
        ours.append(flicker(g))
    return {"psnr_mean": float(np.mean(values)), "psnr_min": float(np.min(values)), "clips": count, "flicker_world": float(np.mean(theirs)), "flicker_reconstruction": float(np.mean(ours))}
