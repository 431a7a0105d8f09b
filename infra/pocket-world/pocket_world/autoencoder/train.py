"""Trains the decoder: python -m pocket_world.autoencoder.train --minutes 20. Run it again to go on from its checkpoint.

Needs the encoder first: python -m pocket_world.autoencoder.components.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from ..paths import data_dir
from ..peers import Peers, launch
from ..training import Average, Log, rate, save
from .groups import render
from .model import CHANNELS, Autoencoder


def batch(groups: np.ndarray, size: int, r: np.random.Generator, crop: tuple[int, int] = (96, 160)) -> torch.Tensor:
    """Random crops as groups [size, 12, h, w] in [-1, 1]."""
    out = []
    for i in r.integers(0, len(groups), size):
        y, x = r.integers(0, 192 - crop[0] + 1), r.integers(0, 320 - crop[1] + 1)
        out.append(groups[i, :, y:y + crop[0], x:x + crop[1]])
    v = torch.from_numpy(np.stack(out)).permute(0, 4, 1, 2, 3).float() / 127.5 - 1
    return v.reshape(size, 12, *crop)


def loss_of(model: Autoencoder, x: torch.Tensor, noise: float) -> torch.Tensor:
    """L1 + squares + L1 of gradients, decoded from latents with up to the given noise."""
    z = model.encode(x)
    z = z + noise * torch.rand(z.shape[0], 1, 1, 1) * torch.randn_like(z)
    d = model.decode(z) - x
    grad = (d[..., 1:] - d[..., :-1]).abs().mean() + (d[..., 1:, :] - d[..., :-1, :]).abs().mean()
    return d.abs().mean() + 8 * d.pow(2).mean() + .5 * grad


@torch.no_grad()
def psnr(model: Autoencoder, groups: np.ndarray) -> float:
    """Mean PSNR (dB, over [0, 255]) of whole groups without noise."""
    out = []
    for g in groups:
        x = (torch.from_numpy(g.copy()).permute(3, 0, 1, 2).float() / 127.5 - 1).reshape(1, 12, *g.shape[1:3])
        e = (model.decode(model.encode(x)).clamp(-1, 1) - x).pow(2).mean()
        out.append(10 * torch.log10(4 / e).item())
    return float(np.mean(out))


def train(peers: Peers, a: argparse.Namespace) -> None:
    """One replica: steps until the minutes are over, averages with the others, the first one saves."""
    root: Path = data_dir(a.data)
    groups = np.load(root / f"groups-{a.groups}.npy", mmap_mode="r")
    torch.manual_seed(0)
    model = Autoencoder(a.channels).to(memory_format=torch.channels_last)
    r, log, path = np.random.default_rng(), Log(root / f"{a.name}.jsonl"), root / f"{a.name}.pt"
    s = torch.load(path)
    model.load_state_dict(s.get("raw", s["model"]))
    params = [p for p in model.parameters() if p.requires_grad]
    opt, ema, step = torch.optim.AdamW(params, a.peak, betas=(.9, .98), weight_decay=1e-4, fused=True), Average(model, .995), 0
    step = s.get("step", 0)
    if "opt" in s:
        opt.load_state_dict(s["opt"])
    if "raw" in s:
        ema.values = s["ema"] if "ema" in s else [s["model"][k].clone() for k, _ in model.named_parameters()]
        ema.step = step
    begin, mean, last, progress = time.time(), None, 0.0, 0.0
    torch.manual_seed(step * 2 + peers.rank)
    while progress < 1:
        for g in opt.param_groups:
            g["lr"] = rate(step, a.peak, 100, progress)
        loss = loss_of(model.train(), batch(groups[48:], a.batch, r), a.noise)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        step += 1
        mean = loss.item() if mean is None else .98 * mean + .02 * loss.item()
        if step % 5 == 0:
            peers.average(params)
            ema.update()
            progress = peers.agree((time.time() - begin) / (60 * a.minutes))
        if peers.rank == 0 and (progress >= 1 or time.time() - last > 90):
            last = time.time()
            raw = {k: v.clone() for k, v in model.state_dict().items()}
            ema.swap()
            log.write(step=step, loss=mean, psnr=psnr(model.eval(), groups[:48:3]))
            state = {k: v.clone() for k, v in model.state_dict().items()}
            ema.swap()
            save(path, {"model": state, "raw": raw, "opt": opt.state_dict(), "ema": ema.values, "step": step, "channels": a.channels})


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--minutes", type=float, default=20)
    p.add_argument("--batch", type=int, default=4)
    p.add_argument("--peak", type=float, default=1.5e-3)
    p.add_argument("--noise", type=float, default=0.1)
    p.add_argument("--channels", type=int, default=CHANNELS)
    p.add_argument("--groups", type=int, default=3000)
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--name", default="autoencoder")
    a = p.parse_args()
    render(data_dir(a.data) / f"groups-{a.groups}.npy", a.groups)
    launch(train, a, a.workers)


if __name__ == "__main__":
    main()
