"""The mean clip of a prompt, found by ridge regression: what the denoiser would need tens of thousands of updates to learn by itself.

Features are products of what the slots say (colour x direction x speed, ...), the answer is a blurred sum of every clip that
fits them. It is given to the U-Net as a hint: where things should be; the U-Net makes clips of it.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..text.slots import SLOTS, WIDTH
from ..world.attributes import CLASSES

TERMS: tuple[tuple[str, ...], ...] = (
    (), *((n,) for n in CLASSES if n != "scene"), ("weather", "side"), ("weather", "side", "speed"), ("weather", "colour"), ("weather", "car"), ("weather", "speed"),
    ("back", "direction"), ("colour", "direction"), ("colour", "direction", "speed"), ("back", "direction", "speed"), ("shape", "direction", "speed"),
    ("colour", "shape"), ("colour", "back"))
ORDER = 4  # slots in the longest product, the scene included
GRID = (7, 12, 20)  # latent frames and cells in which the mean clip is kept


def products() -> Tensor:
    """[features, ORDER] int64: flat slot numbers to multiply; SLOTS * WIDTH stands for 1."""
    names, one, out = list(CLASSES), SLOTS * WIDTH, []
    for scene in range(len(CLASSES["scene"])):
        for term in TERMS:
            rows = [[scene]]
            for n in term:
                rows = [r + [names.index(n) * WIDTH + k] for r in rows for k in range(len(CLASSES[n]))]
            out += [r + [one] * (ORDER - len(r)) for r in rows]
    return torch.tensor(out)


def features(slots: Tensor, index: Tensor) -> Tensor:
    """[B, features] from slots [B, 9, 8] and rows of products()."""
    s = torch.cat([slots.reshape(-1, SLOTS * WIDTH), torch.ones_like(slots[:, :1, 0])], 1)
    out = s[:, index[:, 0]]
    for k in range(1, ORDER):
        out = out * s[:, index[:, k]]
    return out


class Prior(nn.Module):
    """Fixed once fitted. count: features in use; rank: clips of which every mean clip is mixed."""

    def __init__(self, channels: int, count: int = 320, rank: int = 160) -> None:
        super().__init__()
        self.rank = rank
        self.register_buffer("index", torch.full((count, ORDER), SLOTS * WIDTH))
        self.register_buffer("read", torch.zeros(count, rank))
        self.register_buffer("basis", torch.zeros(rank, GRID[0], channels, *GRID[1:]))

    def forward(self, slots: Tensor, index: Tensor, fps: Tensor, h: int | Tensor, w: int | Tensor) -> Tensor:
        """Mean clip [B, T, C, h, w] at latent frames index [B, T] of a clip that begins at the world's time 0."""
        t, c = GRID[0], self.basis.shape[2]
        mixed = (features(slots, self.index) @ self.read) @ self.basis.reshape(self.rank, -1)
        mixed = F.interpolate(mixed.reshape(-1, t * c, *GRID[1:]), size=(h, w), mode="bilinear", align_corners=False).reshape(-1, t, c * h * w)
        place = (index * (24 / fps)[:, None]).clamp(0, t - 1)
        tent = F.relu(1 - (place[..., None] - torch.arange(t, dtype=slots.dtype)).abs())
        return (tent @ mixed).reshape(index.shape[0], index.shape[1], c, h, w)
