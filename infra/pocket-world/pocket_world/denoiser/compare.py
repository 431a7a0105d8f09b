"""Short runs side by side on one core: python -m pocket_world.denoiser.compare --minutes 4. A small network, each variant for the same processor time.

Needs a few shards of the first shape. The figures are errors of clean latents at fixed noise levels on a shard that is not trained on.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ..paths import data_dir
from ..training import Log, rate
from .batches import Batch, Diet, Pool
from .model import Denoiser
from .shards import SIZE
from .train import held, loss_of

NOTHING_GIVEN = Diet(still=0, given=0, worn=0, empty=0, forget=0, controlled=0)


class VelocityDenoiser(Denoiser):
    """The same network, its output read as velocity."""

    def clean(self, x: Tensor, known: Tensor, mask: Tensor, t: Tensor, *more: Tensor) -> Tensor:
        return x - t.reshape(-1, 1, 1, 1, 1) * super().clean(x, known, mask, t, *more)


def adam(model: Denoiser, peak: float) -> list[torch.optim.Optimizer]:
    """As train.py has it."""
    return [torch.optim.AdamW(model.parameters(), peak, betas=(.9, .99), weight_decay=.01)]


def muon(model: Denoiser, peak: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the blocks, AdamW for the rest."""
    inner = {n for n, p in model.named_parameters() if p.ndim == 2 and n.startswith(("begin.", "middle.", "end."))}
    split = [[p for n, p in model.named_parameters() if (n in inner) == yes] for yes in (True, False)]
    return [torch.optim.Muon(split[0], peak, adjust_lr_fn="match_rms_adamw", weight_decay=.01), torch.optim.AdamW(split[1], peak, betas=(.9, .99), weight_decay=.01)]


@dataclass(frozen=True)
class Variant:
    """What differs from the first one."""

    model: type[Denoiser] = Denoiser
    batch: int = 4
    stills_until: float = 0  # share of the time in which batches are first frames alone, as many times more of them
    optimisers: Callable[[Denoiser, float], list[torch.optim.Optimizer]] = field(default=adam)


VARIANTS = {
    "clean latents, AdamW, batch 4": Variant(),
    "velocity": Variant(model=VelocityDenoiser),
    "batch 1": Variant(batch=1),
    "batch 16": Variant(batch=16),
    "images first (two fifths of the time)": Variant(stills_until=.4),
    "Muon": Variant(optimisers=muon),
}


def view(pool: Pool, clips: dict[str, Tensor]) -> Pool:
    """A pool of some clips of the first shape."""
    out = Pool(pool.folder, pool.device, len(clips["fps"]))
    out.clips, out.count[0] = {0: clips}, len(clips["fps"])
    return out


def run(pool: Pool, fixed: Batch, v: Variant, seconds: float, peak: float) -> dict[str, float]:
    """Errors after so many seconds of processor time."""
    torch.manual_seed(0)
    r = np.random.default_rng(0)
    model = v.model(width=(64, 128), depth=(1, 3, 1), d=128)
    optimisers, step, begin = v.optimisers(model, peak), 0, time.process_time()
    while (progress := (time.process_time() - begin) / seconds) < 1:
        stills = progress < v.stills_until
        loss = loss_of(model, pool.batch(Diet(still=float(stills), controlled=0), v.batch * (7 if stills else 1), r), 3.0, .08)
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for o in optimisers:
            for g in o.param_groups:
                g["lr"] = rate(step, peak, 50, progress)
            o.step()
        step += 1
    return {"updates": step, **held(model.eval(), fixed)}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--minutes", type=float, default=4)
    p.add_argument("--peak", type=float, default=1e-3)
    p.add_argument("--only", nargs="*")
    a = p.parse_args()
    torch.set_num_threads(1)
    root = data_dir(a.data)
    pool, log = Pool(root / "shards", "cpu", 4096), Log(root / "compare.jsonl")
    pool.refresh()
    everything, n = pool.clips[0], pool.count[0]
    test = (everything["begin"][:SIZE] == 0).nonzero()[:, 0]  # told from their beginning, of the first shard
    fixed = view(pool, {k: v[test] for k, v in everything.items()}).batch(NOTHING_GIVEN, 24, np.random.default_rng(1))
    pool = view(pool, {k: v[SIZE:n] for k, v in everything.items()})
    for name in a.only or VARIANTS:
        log.write(variant=name, **run(pool, fixed, VARIANTS[name], a.minutes * 60, a.peak))


if __name__ == "__main__":
    main()
