"""Trains the depth or the seg network: python -m pocket_world.maps.train --kind depth --minutes 4. Run it again to go on."""

import argparse
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..paths import data_dir
from ..training import Average, Log, rate, save
from ..world.clip import ClipSpec, spec
from .model import MapModel


def example(s: ClipSpec, frame: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(picture [H, W, 3], depth [H, W], seg [H, W]) of one frame."""
    from ..world.canvas import paint_maps
    d, g = paint_maps(s.prims(frame), s.width, s.height)
    return s.frames(1, frame)[0], d, g


def batch(kind: str, r: random.Random, size: int) -> tuple[Tensor, Tensor]:
    """Fresh frames of one picture shape, a little noisy as sampled clips are, and their maps at a quarter of the size."""
    shape, rows = None, []
    while len(rows) < size:
        s = spec(r.randrange(400_000), varied=True)
        if shape is None or (s.width, s.height) == shape:
            shape = (s.width, s.height)
            rows.append(example(s, r.randrange(25)))
    x = torch.from_numpy(np.stack([p for p, _, _ in rows])).permute(0, 3, 1, 2).float() / 127.5 - 1
    if r.random() < .5:
        x = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2.0, mode="bilinear")
    x = x + .04 * r.random() * torch.randn_like(x)
    y = torch.from_numpy(np.stack([d if kind == "depth" else g for _, d, g in rows]))
    if kind == "depth":
        return x, F.avg_pool2d(y[:, None].float() / 255, 4)
    return x, y[:, 2::4, 2::4].long()


def loss_of(model: MapModel, x: Tensor, y: Tensor) -> Tensor:
    """L1 of depth, cross entropy of seg."""
    out = model(x)
    return (out.sigmoid() - y).abs().mean() if model.kind == "depth" else F.cross_entropy(out, y)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--kind", choices=("depth", "seg"), required=True)
    p.add_argument("--minutes", type=float, default=4)
    p.add_argument("--batch", type=int, default=6)
    p.add_argument("--peak", type=float, default=3e-3)
    a = p.parse_args()
    torch.set_num_threads(1)
    root = data_dir(a.data)
    model, path, log = MapModel(a.kind), root / f"{a.kind}.pt", Log(root / f"{a.kind}.jsonl")
    opt, ema, step = torch.optim.AdamW(model.parameters(), a.peak, weight_decay=1e-4), Average(model, .98), 0
    if path.exists():
        s = torch.load(path)
        model.load_state_dict(s["model"])
        ema = Average(model, .98)
        step = s["step"]
    begin, last, progress, r = time.time(), time.time(), 0.0, random.Random(step)
    while progress < 1:
        progress = (time.time() - begin) / (60 * a.minutes)
        for g in opt.param_groups:
            g["lr"] = rate(step, a.peak, 50, progress)
        loss = loss_of(model, *batch(a.kind, r, a.batch))
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        ema.update()
        step += 1
        if progress >= 1 or time.time() - last > 60:
            last = time.time()
            ema.swap()
            with torch.no_grad():
                x, y = batch(a.kind, random.Random(-1), 24)
                out = model(x)
                figure = (out.sigmoid() - y).abs().mean() if a.kind == "depth" else (out.argmax(1) == y).float().mean()
            log.write(step=step, loss=loss.item(), figure=figure.item())
            save(path, {"model": {k: v.clone() for k, v in model.state_dict().items()}, "step": step})
            ema.swap()


if __name__ == "__main__":
    main()
