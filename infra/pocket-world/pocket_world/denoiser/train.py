"""Trains the denoiser: python -m pocket_world.denoiser.train --minutes 60. Run it again to go on from its checkpoint."""

import argparse
import time

import numpy as np
import torch
from torch import Tensor

from ..paths import data_dir
from ..training import Log, Loop, save
from .batches import Batch, Diet, Pool
from .model import Denoiser


def noise_levels(count: int, shift: float, blind: float, device: torch.device) -> Tensor:
    """[count] in (0, 1): evenly spread draws (one in each stretch) moved towards 1 by shift; a share of them blind, where almost only
    the prompt tells anything, or its finer words would be learned last."""
    u = (torch.randperm(count, device=device) + torch.rand(count, device=device)) / count
    t = (shift * u / (1 + (shift - 1) * u)).clamp(.004, 1)
    return torch.where(torch.rand(count, device=device) < blind, 1 - .02 * torch.rand(count, device=device) ** 2, t)


def loss_of(model: Denoiser, b: Batch, shift: float, blind: float) -> Tensor:
    """Mean square error of the velocity (of clean latents over t, t at least .15) over frames that are not given."""
    t = noise_levels(len(b.clean), shift, blind, b.clean.device)
    tt = t.reshape(-1, 1, 1, 1, 1)
    x = (1 - tt) * b.clean + tt * torch.randn_like(b.clean)
    out = model.clean(x, b.known, b.mask, t, b.slots, b.fps, b.index, b.control, b.weight).float()
    free = (1 - b.mask).expand_as(out)
    e = ((out - b.clean) ** 2 * free).sum((1, 2, 3, 4)) / free.sum((1, 2, 3, 4))
    return (e / t.clamp_min(.15) ** 2).mean()


@torch.no_grad()
def held(model: Denoiser, batch: Batch) -> dict[str, float]:
    """Mean square error of clean latents at fixed noise levels, text only."""
    g = torch.Generator().manual_seed(7)
    noise = torch.randn(batch.clean.shape, generator=g).to(batch.clean.device)
    out = {}
    for t in (.999, .9, .7, .4):
        x = (1 - t) * batch.clean + t * noise
        y = model.clean(x, batch.clean, torch.zeros_like(batch.mask), torch.full_like(batch.fps, t), batch.slots, batch.fps, batch.index)
        out[f"e{t}"] = (y.float() - batch.clean).pow(2).mean().item()
    return out


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--device", default="cpu")
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--peak", type=float, default=8e-4)
    p.add_argument("--decay", type=float, default=.999, help="of the moving average of the weights")
    p.add_argument("--shift", type=float, default=3.0)
    p.add_argument("--blind", type=float, default=.08, help="share of examples that are almost pure noise")
    p.add_argument("--save", type=float, default=120, help="seconds between checkpoints")
    p.add_argument("--room", type=int, default=4096, help="clips of the main shape that are kept at hand")
    p.add_argument("--keep-rate", action="store_true", help="do not let the learning rate fall: more sittings follow")
    p.add_argument("--name", default="denoiser")
    a = p.parse_args()
    root = data_dir(a.data)
    pool, path, log = Pool(root / "shards", a.device, a.room), root / f"{a.name}.pt", Log(root / f"{a.name}.jsonl")
    while pool.refresh() == 0 or 0 not in pool.clips:
        time.sleep(1)
    torch.manual_seed(0)
    model = Denoiser().to(a.device, memory_format=torch.channels_last)
    loop = Loop(model, a.peak, a.minutes, 300, a.decay, path, not a.keep_rate)
    torch.manual_seed(loop.count)
    r = np.random.default_rng(loop.count)
    fixed = pool.batch(Diet(still=0, given=0, worn=0, empty=0, forget=0, controlled=0), 32, np.random.default_rng(1))
    while loop.goes_on():
        with loop.precision():
            loss = loss_of(model, pool.batch(Diet(), a.batch, r), a.shift, a.blind)
        loop.step(loss)
        if loop.count % 20 == 0:
            pool.refresh(4)
        if loop.due(a.save):
            with loop.averaged() as state, loop.precision():
                log.write(step=loop.count, loss=loop.mean, pace=(loop.count - loop.first) / (time.time() - loop.begin), clips=sum(pool.count.values()), **held(model, fixed))
                save(path, state)


if __name__ == "__main__":
    main()
