"""Trains the denoiser: python -m pocket_world.denoiser.train --minutes 60 --workers 2. Run it again to go on from its checkpoint."""

import argparse
import time

import numpy as np
import torch
from torch import Tensor

from ..autoencoder.model import CHANNELS
from ..paths import data_dir
from ..peers import Peers, launch
from ..training import Average, Log, rate, save
from .batches import Batch, Shards, batch
from .curriculum import diet
from .model import Denoiser


def noise_levels(count: int, shift: float, blind: float) -> Tensor:
    """[count] in (0, 1): evenly spread draws (one in each stretch) moved towards 1 by shift; a share of them blind, where almost only
    the prompt tells anything, or its finer words would be learned last."""
    u = (torch.randperm(count) + torch.rand(count)) / count
    t = (shift * u / (1 + (shift - 1) * u)).clamp(.004, 1)
    return torch.where(torch.rand(count) < blind, 1 - .02 * torch.rand(count) ** 2, t)


def salience(z: Tensor) -> Tensor:
    """[B, T, 1, h, w] from 1 to 4: cells that differ from most of their frame (objects) count more, or they would be learned last."""
    plain = z.flatten(3).median(-1).values[..., None, None]
    return 1 + 3 * (z - plain).pow(2).mean(2, keepdim=True).clamp_max(1)


def loss_of(model: Denoiser, b: Batch, shift: float, blind: float = 0.0) -> tuple[Tensor, Tensor]:
    """(weighted loss, plain mean square error of the clean latents), over frames that are not given."""
    t = noise_levels(b.clean.shape[0], shift, blind)
    tt = t.reshape(-1, 1, 1, 1, 1)
    x = (1 - tt) * b.clean + tt * torch.randn_like(b.clean)
    out = model.clean(x, b.clean, b.mask, t, b.slots, b.fps, b.index, b.control, b.weight)
    free = (1 - b.mask) * salience(b.clean)
    e = ((out - b.clean) ** 2 * free).mean((1, 2, 3, 4)) / free.mean((1, 2, 3, 4)).clamp_min(1e-3)
    c = t ** 2 / ((1 - t) ** 2 + t ** 2)
    return (e / (c + (.05 if model.precondition else .3))).mean(), e.mean()


@torch.no_grad()
def held(model: Denoiser, shards: Shards) -> dict[str, float]:
    """Mean square error of clean latents at fixed noise levels, text only, on one fixed draw of whole clips."""
    state = torch.get_rng_state()
    torch.manual_seed(7)
    s = shards.loaded[sorted(shards.loaded)[0]]
    z, slots, fps = (torch.from_numpy(s[k][:8]).float() for k in ("latents", "slots", "fps"))
    index = torch.arange(z.shape[1]).float()[None].expand(8, -1)
    out = {}
    for t in (.999, .9, .7, .4):
        x = (1 - t) * z + t * torch.randn_like(z)
        y = model.clean(x, z, torch.zeros_like(z[:, :, :1]), torch.full((8,), t), slots, fps, index)
        out[f"e{t}"] = (y - z).pow(2).mean().item()
    torch.set_rng_state(state)
    return out


def train(peers: Peers, a: argparse.Namespace) -> None:
    """One replica."""
    root = data_dir(a.data)
    shards, path, log = Shards(root / "shards"), root / f"{a.name}.pt", Log(root / f"{a.name}.jsonl")
    torch.manual_seed(0)
    prior = torch.load(root / "prior.pt")
    model = Denoiser(CHANNELS, tuple(a.width), precondition=a.precondition, features=len(prior["index"]), rank=len(prior["basis"]))
    model.prior.load_state_dict(prior)
    said = [p for n, p in model.named_parameters() if n.startswith(("embed.", "blobs."))]
    rest = [p for n, p in model.named_parameters() if not n.startswith(("embed.", "blobs."))]
    opt = torch.optim.AdamW([{"params": rest, "pace": 1.0}, {"params": said, "pace": a.said}], a.peak, betas=(.9, .99), weight_decay=.01, fused=True)
    ema, step = Average(model, a.decay), 0
    if path.exists():
        s = torch.load(path)
        model.load_state_dict({**s["raw"], **{f"prior.{k}": v for k, v in prior.items()}})
        step = s["step"]
        if "opt" in s:
            opt.load_state_dict(s["opt"])
        ema.values = s["ema"] if "ema" in s else [s["model"][k].clone() for k, _ in model.named_parameters()]
        ema.step = step
    params, warm = list(model.parameters()), path.exists() and "opt" in s
    r = np.random.default_rng((step, peers.rank))
    torch.manual_seed(step * 16 + peers.rank)
    begin, last, mean, err, progress, first = time.time(), time.time(), None, 0.0, 0.0, step
    while progress < 1:
        for g in opt.param_groups:
            g["lr"] = g["pace"] * rate(step - first, a.peak, 20 if warm else 200, progress if a.anneal else 0)
        loss, e = loss_of(model.train(), batch(shards, diet(step, a.diet), r), a.shift, a.blind)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        step += 1
        mean = loss.item() if mean is None else .99 * mean + .01 * loss.item()
        err = e.item() if err == 0 else .99 * err + .01 * e.item()
        if step % a.every == 0:
            peers.average(params)
            ema.update()
            progress = peers.agree((time.time() - begin) / (60 * a.minutes))
            if peers.rank == 0 and (progress >= 1 or time.time() - last > a.save):
                last = time.time()
                raw = {k: v.clone() for k, v in model.state_dict().items()}
                ema.swap()
                state = {k: v.clone() for k, v in model.state_dict().items()}
                log.write(step=step, loss=mean, error=err, pace=(step - first) / (time.time() - begin), **held(model.eval(), shards))
                ema.swap()
                save(path, {"model": state, "raw": raw, "opt": opt.state_dict(), "ema": ema.values, "step": step, "width": a.width, "precondition": a.precondition})
            if step % (a.every * 50) == 0:
                shards.refresh()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--peak", type=float, default=1e-3)
    p.add_argument("--said", type=float, default=2.0, help="learning rate of what carries the prompt, against the rest")
    p.add_argument("--decay", type=float, default=.995, help="of the moving average, a tick of --every steps")
    p.add_argument("--shift", type=float, default=3.0)
    p.add_argument("--blind", type=float, default=.3, help="share of examples that are almost pure noise")
    p.add_argument("--width", type=int, nargs=3, default=[48, 96, 192])
    p.add_argument("--every", type=int, default=5, help="steps between averaging over the workers")
    p.add_argument("--save", type=float, default=120, help="seconds between checkpoints")
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--diet", help="JSON: fields of batches.Diet, instead of the curriculum")
    p.add_argument("--precondition", action="store_true", help="predict a mix of clean latents and noise that has variance 1 at every level")
    p.add_argument("--anneal", action="store_true", help="let the rate fall over the last 40 %% of the minutes")
    p.add_argument("--name", default="denoiser")
    a = p.parse_args()
    launch(train, a, a.workers)


if __name__ == "__main__":
    main()
