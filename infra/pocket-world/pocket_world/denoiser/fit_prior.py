"""Fits the prior on the cached canonical clips: python -m pocket_world.denoiser.fit_prior. Takes seconds; the denoiser loads prior.pt."""

import argparse
from pathlib import Path

import numpy as np
import torch

from ..autoencoder.model import CHANNELS
from ..paths import data_dir
from ..training import save
from .prior import Prior, features, products
from .shards import PLAN


def canonical(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """(latents [N, ...], slots [N, 9, 8]) of the plain 320 x 192 shards."""
    z, s = [], []
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].npz")):
        if PLAN[int(path.name[:4]) % len(PLAN)] == (0, "plain"):
            d = np.load(path)
            z.append(d["latents"].astype(np.float32))
            s.append(d["slots"])
    return np.concatenate(z), np.concatenate(s)


def fit(slots: np.ndarray, latents: np.ndarray, ridge: float, rank: int, seed: int = 0) -> Prior:
    """Ridge regression on every clip as told in full and, at a third of the weight, told in part; then the best mix of rank clips."""
    r = np.random.default_rng(seed)
    part = slots * (r.random((*slots.shape[:2], 1)) > .2)
    part[:, 0] = slots[:, 0]
    index = products()
    f = features(torch.from_numpy(np.concatenate([slots, part]).astype(np.float32)), index).numpy()
    keep = f.sum(0) > 0
    f, y = f[:, keep], latents.reshape(len(latents), -1)
    weight = np.repeat([1.0, .33], len(slots))[:, None]
    left = f.T @ (f * weight) + ridge * np.eye(f.shape[1])
    right = f[:len(slots)].T @ y + .33 * f[len(slots):].T @ y
    w = np.linalg.solve(left, right).astype(np.float32)
    mean = f[:len(slots)] @ w
    values, vectors = np.linalg.eigh(mean @ mean.T)
    basis = vectors[:, ::-1][:, :rank].T @ mean
    basis /= np.linalg.norm(basis, axis=1, keepdims=True)
    prior = Prior(CHANNELS, int(keep.sum()), rank)
    prior.index.copy_(index[torch.from_numpy(keep)])
    prior.read.copy_(torch.from_numpy(w @ basis.T))
    prior.basis.copy_(torch.from_numpy(basis.reshape(prior.basis.shape)))
    return prior


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--ridge", type=float, default=2.0)
    p.add_argument("--rank", type=int, default=160)
    a = p.parse_args()
    torch.set_num_threads(1)
    root = data_dir(a.data)
    z, s = canonical(root / "shards")
    test = np.arange(len(z)) % 8 == 0
    prior = fit(s[~test], z[~test], a.ridge, a.rank)
    index = torch.arange(7.0)[None].expand(int(test.sum()), -1)
    out = prior(torch.from_numpy(s[test]).float(), index, torch.full((len(index),), 24.0), *z.shape[-2:]).numpy()
    print(f"{len(z)} clips, {len(prior.index)} features, error on an eighth left out {((out - z[test]) ** 2).mean():.4f} (of {z.var(0).mean():.4f})")
    save(root / "prior.pt", fit(s, z, a.ridge, a.rank).state_dict())


if __name__ == "__main__":
    main()
