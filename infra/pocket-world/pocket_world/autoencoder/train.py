"""Trains the decoder: python -m pocket_world.autoencoder.train --minutes 20. Run it again to go on from its checkpoint.

Needs the encoder first: python -m pocket_world.autoencoder.components.
"""

import argparse

import numpy as np
import torch
from torch import Tensor

from ..paths import data_dir
from ..training import Log, Loop, save
from .groups import load_autoencoder, render
from .model import GROUP, Autoencoder

HELD = 64  # groups that are only measured


def pictures(groups: Tensor) -> Tensor:
    """uint8 [N, 4, H, W, 3] to groups [N, 12, H, W] in [-1, 1]."""
    n, t, h, w, _ = groups.shape
    return groups.permute(0, 4, 1, 2, 3).reshape(n, 3 * t, h, w).float() / 127.5 - 1


def loss_of(model: Autoencoder, x: Tensor, noise: float) -> Tensor:
    """L1 + squares + L1 of gradients (in space, and in time within a group), decoded from latents with up to the given noise."""
    z = model.encode(x)
    z = z + noise * torch.rand_like(z[:, :1, :1, :1]) * torch.randn_like(z)
    d = model.decode(z).float() - x
    t = d.reshape(-1, 3, GROUP, *d.shape[2:])
    grad = (d[..., 1:] - d[..., :-1]).abs().mean() + (d[..., 1:, :] - d[..., :-1, :]).abs().mean() + (t[:, :, 1:] - t[:, :, :-1]).abs().mean()
    return d.abs().mean() + 8 * d.pow(2).mean() + .5 * grad


@torch.no_grad()
def psnr(model: Autoencoder, x: Tensor) -> float:
    """Mean PSNR (dB, over [0, 255]) of groups without noise."""
    e = (model.decode(model.encode(x)).float().clamp(-1, 1) - x).pow(2).mean((1, 2, 3))
    return (10 * torch.log10(4 / e)).mean().item()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--device", default="cpu")
    p.add_argument("--minutes", type=float, default=20)
    p.add_argument("--batch", type=int, default=4)
    p.add_argument("--peak", type=float, default=1.5e-3)
    p.add_argument("--noise", type=float, default=0.1)
    p.add_argument("--groups", type=int, default=3000)
    p.add_argument("--renderers", type=int, default=2)
    a = p.parse_args()
    root = data_dir(a.data)
    groups = torch.from_numpy(np.array(render(root / f"groups-{a.groups}.npy", a.groups, a.renderers))).to(a.device)
    path, log = root / "autoencoder.pt", Log(root / "autoencoder.jsonl")
    model = load_autoencoder(root).train().to(a.device, memory_format=torch.channels_last)
    model.decoder.requires_grad_(True)
    loop = Loop(model, a.peak, a.minutes, 100, .995, path)
    while loop.goes_on():
        rows = torch.randint(HELD, len(groups), (a.batch,), device=a.device)
        with loop.precision():
            loss = loss_of(model, pictures(groups[rows]), a.noise)
        loop.step(loss)
        if loop.due(90):
            with loop.averaged() as state:
                log.write(step=loop.count, loss=loop.mean, psnr=psnr(model, pictures(groups[:HELD])))
                save(path, {**state, "channels": model.project.out_channels})


if __name__ == "__main__":
    main()
