"""Finds the encoder: principal components of cells of 16 x 16 pixels of four frames. Takes seconds.

python -m pocket_world.autoencoder.components
"""

import argparse
import random
from multiprocessing import Pool

import numpy as np
import torch

from ..paths import data_dir
from ..training import save
from ..world.clip import SHAPES_256, spec
from .model import CELL, CHANNELS, Autoencoder

WHITEN = 0.5  # 0 keeps the pixels' scale, 1 gives every channel the same variance


def cells(seed: int) -> np.ndarray:
    """[N, 12*16*16] float32 cells of one group of four frames (of one frame four times, one time in seven)."""
    r = random.Random(seed)
    s = spec(seed, varied=r.random() < .3)
    start = r.randrange(22)
    f = s.frames(1, start).repeat(4, 0) if r.random() < .14 else s.frames(4, start)
    t, h, w, c = f.shape
    x = f.reshape(t, h // CELL, CELL, w // CELL, CELL, c).transpose(1, 3, 5, 0, 2, 4).reshape(-1, c * t * CELL * CELL)
    return x[np.random.default_rng(seed).permutation(len(x))[:100]].astype(np.float32) / 127.5 - 1


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--groups", type=int, default=800)
    p.add_argument("--channels", type=int, default=CHANNELS)
    a = p.parse_args()
    assert len(SHAPES_256) == 5
    with Pool(2) as pool:
        x = np.concatenate(pool.map(cells, range(a.groups), chunksize=20))
    mean = x.mean(0)
    x -= mean
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    values, vectors = values[::-1][:a.channels].copy(), vectors[:, ::-1][:, :a.channels].T.copy()
    deviation = np.sqrt(values)
    scale = deviation ** WHITEN
    scale *= np.sqrt(np.mean((deviation / scale) ** 2))  # latents have variance 1 on the whole
    model = Autoencoder(a.channels)
    model.components(torch.from_numpy(mean), torch.from_numpy(vectors), torch.from_numpy(scale))
    save(data_dir(a.data) / "autoencoder.pt", {"model": model.state_dict(), "channels": a.channels})
    rest = float((x ** 2).mean() - values.sum() / x.shape[1])
    print(f"linear PSNR {10 * np.log10(4 / rest):.2f} dB; latent deviations {np.round(deviation / scale, 2)}")


if __name__ == "__main__":
    main()
