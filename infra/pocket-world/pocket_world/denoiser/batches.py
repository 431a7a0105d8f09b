"""Training batches from the cached latents: which clips, which of their frames, what is given and what is left open."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .shards import PLAN


@dataclass
class Batch:
    """clean [B, T, C, h, w]; mask [B, T, 1, h, w]; slots [B, 9, 8]; fps [B]; index [B, T]; control [B, 4, T, C, h, w] and weight [B, 4] or None."""

    clean: Tensor
    mask: Tensor
    slots: Tensor
    fps: Tensor
    index: Tensor
    control: Tensor | None
    weight: Tensor | None


class Shards:
    """The shards found in a folder; new ones are taken in by refresh()."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.loaded = folder, {}
        self.refresh()

    def refresh(self) -> None:
        """Loads shards that appeared since."""
        for path in sorted(self.folder.glob("[0-9][0-9][0-9][0-9].npz")):
            if path.name not in self.loaded:
                self.loaded[path.name] = dict(np.load(path))

    def pick(self, r: np.random.Generator, kinds: dict[str, float], other_shapes: float) -> dict[str, np.ndarray]:
        """A shard by kind and shape, at the given rates."""
        kind = r.choice(list(kinds), p=np.array(list(kinds.values())) / sum(kinds.values()))
        other = kind == "plain" and r.random() < other_shapes
        names = [n for n in self.loaded if PLAN[int(n[:4]) % len(PLAN)][1] == kind and (PLAN[int(n[:4]) % len(PLAN)][0] != 0) == other]
        return self.loaded[str(r.choice(names or list(self.loaded)))]


@dataclass(frozen=True)
class Diet:
    """What batches are made of. frames: chance of each number of latent frames; budget: frames in a batch."""

    frames: tuple[tuple[int, float], ...] = ((1, .4), (2, .25), (7, .35))
    budget: int = 21
    kinds: tuple[tuple[str, float], ...] = (("plain", .7), ("any", .3), ("control", 0))
    other_shapes: float = .2
    given: float = .35  # chance that the first frame (or first two) is given
    empty: float = .1  # chance that nothing is said
    forget: float = .04  # chance of each attribute to be left unsaid


def batch(shards: Shards, d: Diet, r: np.random.Generator) -> Batch:
    """One batch."""
    s = shards.pick(r, dict(d.kinds), d.other_shapes)
    n = int(r.choice([f for f, _ in d.frames], p=np.array([p for _, p in d.frames]) / sum(p for _, p in d.frames)))
    size = max(1, d.budget // n)
    rows = r.integers(0, len(s["latents"]), size)
    late = s["begin"][rows] > 0
    given = np.where(late, 1.0, r.random(size) < d.given) > 0  # what begins in the middle makes sense only with a first frame
    if n == 1:
        rows, late, given = rows[~late], late[~late], given[~late]
        if len(rows) == 0:
            return batch(shards, d, r)
        given[:] = False
    size = len(rows)
    total = s["latents"].shape[1]
    index = np.stack([np.sort(r.choice(total, n, replace=False)) for _ in range(size)])
    if n > 1:
        index[given, 0] = 0
    h, w = s["latents"].shape[-2:]
    mask = np.zeros((size, n, 1, h, w), np.float32)
    mask[given, 0] = 1
    if n > 1:
        two = given & (r.random(size) < .3)
        index[two, 1] = 1
        mask[two, 1] = 1
        if n == 2:
            mask[two, 1] = 0
            mask[given & ~two, 1] = 0
    keep = (r.random((size, 9, 1)) > d.forget) * (r.random((size, 1, 1)) > d.empty)
    control = weight = None
    if "control" in s:
        control = torch.from_numpy(s["control"][rows][:, :, np.arange(total)].transpose(0, 2, 1, 3, 4, 5)[np.arange(size)[:, None], index].transpose(0, 2, 1, 3, 4, 5)).float()
        on = r.random((size, 4)) < .4
        weight = torch.from_numpy(np.where(on, np.where(r.random((size, 4)) < .6, 1.0, r.random((size, 4))), 0).astype(np.float32))
    return Batch(torch.from_numpy(s["latents"][rows[:, None], index]).float(), torch.from_numpy(mask), torch.from_numpy((s["slots"][rows] * keep).astype(np.float32)),
                 torch.from_numpy(s["fps"][rows]), torch.from_numpy(index.astype(np.float32)), control, weight)
