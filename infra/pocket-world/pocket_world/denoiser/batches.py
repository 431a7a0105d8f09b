"""Training batches from the cached latents: which clips, what is said, what is given and what is left open."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..world.clip import SHAPES_256
from .shards import PLAN

MAIN_SHARE = .6  # of batches that have the first shape


@dataclass
class Batch:
    """clean [B, T, C, h, w]; known: what is given of it, and mask [B, T, 1, h, w]; slots [B, 9, 8]; fps [B]; index [B, T]; control [B, 4, T, C, h, w] and weight [B, 4] or None."""

    clean: Tensor
    known: Tensor
    mask: Tensor
    slots: Tensor
    fps: Tensor
    index: Tensor
    control: Tensor | None
    weight: Tensor | None


@dataclass(frozen=True)
class Diet:
    """What batches are made of: chances."""

    still: float = .06  # a batch of first frames alone
    given: float = .45  # the first frame (half of the time the first two) is given
    worn: float = .3  # what is given is a little noisy, as frames are that were sampled before
    empty: float = .1  # nothing is said
    forget: float = .04  # an attribute is left unsaid
    controlled: float = .5  # a batch with controls
    control: float = .4  # each control of a clip of such a batch


class Pool:
    """The clips of every shape on a device. New shards are taken in by refresh(); once a shape is full they replace the oldest."""

    def __init__(self, folder: Path, device: str, room: int) -> None:
        self.folder, self.device, self.room = folder, device, room
        self.taken: set[str] = set()
        self.clips: dict[int, dict[str, Tensor]] = {}
        self.count = {shape: 0 for shape in range(len(SHAPES_256))}

    def refresh(self, most: int = 1_000_000) -> int:
        """Takes in at most so many shards that appeared since; returns how many."""
        new = [p for p in sorted(self.folder.glob("?????.npz")) if p.name not in self.taken][:most]
        for path in new:
            with np.load(path) as shard:
                self._add(PLAN[int(path.stem) % len(PLAN)], {k: torch.from_numpy(shard[k]) for k in shard.files})
            self.taken.add(path.name)
        return len(new)

    def _add(self, shape: int, shard: dict[str, Tensor]) -> None:
        room = self.room if shape == 0 else self.room // 4
        if shape not in self.clips:
            self.clips[shape] = {k: torch.empty((room, *v.shape[1:]), dtype=v.dtype, device=self.device) for k, v in shard.items()}
        n = len(shard["fps"])
        rows = (self.count[shape] + torch.arange(n, device=self.device)) % room
        for k, v in shard.items():
            self.clips[shape][k][rows] = v.to(self.device)
        self.count[shape] += n

    def batch(self, d: Diet, size: int, r: np.random.Generator) -> Batch:
        """One batch of clips of one shape."""
        shapes = list(self.clips)
        shape = 0 if len(shapes) == 1 or r.random() < MAIN_SHARE else int(r.choice([s for s in shapes if s]))
        clips, device = self.clips[shape], self.device

        def chance(*dims: int) -> Tensor:
            return torch.rand(dims, device=device)

        rows = torch.randint(min(self.count[shape], len(clips["fps"])), (size,), device=device)
        still = r.random() < d.still
        clean = clips["latents"][rows].float()
        control = weight = None
        if r.random() < d.controlled:
            control, weight = controlled(clips["control"][rows].float(), d.control)
        late = clips["begin"][rows] > 0
        given = late | (chance(size) < d.given)  # what begins in the middle makes sense only with a first frame
        keep = (chance(size, 9, 1) > d.forget) & (chance(size, 1, 1) > d.empty)
        frames = clean.shape[1]
        if still:
            clean, frames = clean[:, :1], 1
            given = torch.zeros_like(given)
            control = None if control is None else control[:, :, :1]
        mask = torch.zeros_like(clean[:, :, :1])
        mask[:, 0] = given[:, None, None, None]
        if frames > 1:
            mask[:, 1] = (given & (chance(size) < .5))[:, None, None, None]
        worn = .12 * chance(size, 1, 1, 1, 1) * (chance(size, 1, 1, 1, 1) < d.worn)
        return Batch(clean, clean + worn * torch.randn_like(clean), mask, clips["slots"][rows] * keep, clips["fps"][rows],
                     torch.arange(frames, device=device, dtype=torch.float32).expand(size, -1), control, weight)


def controlled(control: Tensor, rate: float) -> tuple[Tensor, Tensor]:
    """Controls [B, 4, ...] and weights [B, 4]. A control of weight w is the clip's own in a share w of all cases, else another's: that is what its weight is worth."""
    b, device = len(control), control.device
    on = torch.rand(b, 4, device=device) < rate
    weight = torch.where(torch.rand(b, 4, device=device) < .65, 1.0, torch.rand(b, 4, device=device)) * on
    wrong = torch.rand(b, 4, device=device) > weight
    return torch.where(wrong[:, :, None, None, None, None], control.roll(1, 0), control), weight
