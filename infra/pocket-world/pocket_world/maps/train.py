"""Trains the depth or the seg network: python -m pocket_world.maps.train --kind depth --minutes 4. Run it again to go on."""

import argparse
import random
from multiprocessing import Pool

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..paths import data_dir
from ..training import Log, Loop, save
from ..world.canvas import paint_maps
from ..world.clip import spec
from .model import MapModel

HELD = 4  # examples of each shape that are only measured

Example = tuple[np.ndarray, np.ndarray, np.ndarray]


def example(seed: int) -> Example:
    """(picture [H, W, 3], depth [H, W], seg [H, W]) of one frame of a clip of any shape."""
    r = random.Random(seed)
    s = spec(r.randrange(400_000), varied=True)
    frame = r.randrange(25)
    return s.frames(1, frame)[0], *paint_maps(s.prims(frame), s.width, s.height)


def examples(count: int, workers: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    """count examples, stacked by shape."""
    with Pool(workers) as pool:
        rows = pool.map(example, range(count), chunksize=16)
    shapes = sorted({p.shape for p, _, _ in rows})
    return [tuple(torch.from_numpy(np.stack([r[k] for r in rows if r[0].shape == shape])) for k in range(3)) for shape in shapes]


def batch(kind: str, stack: tuple[Tensor, Tensor, Tensor], rows: Tensor, worn: bool) -> tuple[Tensor, Tensor]:
    """Pictures [B, 3, H, W] and their maps at a quarter of the size; worn: some softened, all a little noisy, as sampled clips are."""
    x = stack[0][rows].permute(0, 3, 1, 2).float() / 127.5 - 1
    if worn:
        soft = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2.0, mode="bilinear")
        x = torch.where(torch.rand_like(x[:, :1, :1, :1]) < .5, soft, x) + .04 * torch.rand_like(x[:, :1, :1, :1]) * torch.randn_like(x)
    if kind == "depth":
        return x, F.avg_pool2d(stack[1][rows][:, None].float() / 255, 4)
    return x, stack[2][rows][:, 2::4, 2::4].long()


def loss_of(model: MapModel, x: Tensor, y: Tensor) -> Tensor:
    """L1 of depth, cross entropy of seg."""
    out = model(x).float()
    return (out.sigmoid() - y).abs().mean() if model.kind == "depth" else F.cross_entropy(out, y)


@torch.no_grad()
def figure(model: MapModel, stacks: list[tuple[Tensor, Tensor, Tensor]]) -> float:
    """Mean absolute error of depth (0..1), or share of cells with the right class, on held examples."""
    out = []
    for s in stacks:
        x, y = batch(model.kind, s, torch.arange(HELD), False)
        z = model(x)
        out.append(((z.sigmoid() - y).abs().mean() if model.kind == "depth" else (z.argmax(1) == y).float().mean()).item())
    return float(np.mean(out))


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--device", default="cpu")
    p.add_argument("--kind", choices=("depth", "seg"), required=True)
    p.add_argument("--minutes", type=float, default=4)
    p.add_argument("--batch", type=int, default=6)
    p.add_argument("--peak", type=float, default=2e-3)
    p.add_argument("--examples", type=int, default=2000)
    p.add_argument("--renderers", type=int, default=2)
    a = p.parse_args()
    root = data_dir(a.data)
    stacks = [tuple(t.to(a.device) for t in s) for s in examples(a.examples, a.renderers)]
    path, log = root / f"{a.kind}.pt", Log(root / f"{a.kind}.jsonl")
    loop = Loop(model := MapModel(a.kind).to(a.device), a.peak, a.minutes, 50, .995, path)
    r = random.Random(loop.count)
    while loop.goes_on():
        s = r.choice(stacks)
        with loop.precision():
            loss = loss_of(model, *batch(a.kind, s, torch.randint(HELD, len(s[0]), (a.batch,)), True))
        loop.step(loss)
        if loop.due(60):
            with loop.averaged() as state:
                log.write(step=loop.count, loss=loop.mean, figure=figure(model, stacks))
                save(path, state)


if __name__ == "__main__":
    main()
