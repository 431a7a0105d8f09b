"""Slots: one row for each attribute, one column for each of its values; zeros where the prompt leaves it open."""

from dataclasses import asdict

import torch
from torch import Tensor

from ..world.attributes import CLASSES, Attributes

SLOTS = len(CLASSES)  # 9
WIDTH = 8  # columns: the widest attribute has 7 values


def slots(a: Attributes) -> Tensor:
    """[SLOTS, WIDTH] float32 of zeros and ones."""
    out = torch.zeros(SLOTS, WIDTH)
    for i, (name, values) in enumerate(CLASSES.items()):
        v = getattr(a, name)
        if v is not None:
            out[i, values.index(v)] = 1
    return out


def targets(a: Attributes) -> Tensor:
    """[SLOTS] int64: 0 for open, else 1 + the index of the value."""
    d = asdict(a)
    return torch.tensor([0 if d[n] is None else 1 + v.index(d[n]) for n, v in CLASSES.items()])
