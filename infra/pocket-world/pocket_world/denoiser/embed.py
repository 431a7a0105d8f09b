"""What tells the denoiser where a cell lies and which moment of which clip a frame is."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..text.slots import SLOTS, WIDTH
from ..world.attributes import CLASSES

COORDINATES = 16
WAVES = 6


def coordinates(h: int | Tensor, w: int | Tensor, like: Tensor) -> Tensor:
    """[h, w, 16]: for each axis the place in the picture (-1..1), the distance from its middle in short sides, and waves of that."""
    y, x = (torch.arange(n, dtype=like.dtype, device=like.device) for n in (h, w))
    short = (h + w - abs(h - w)) / 2
    out = []
    for p, n, wide in ((y, h, False), (x, w, True)):
        u = (p - (n - 1) / 2) / short
        rows = torch.stack([(p + .5) / n * 2 - 1, u * 2] + [f(u * math.pi * k) for k in (1, 2, 4) for f in (torch.sin, torch.cos)], -1)
        out.append(rows[None].expand(h, -1, -1) if wide else rows[:, None].expand(-1, w, -1))
    return torch.cat(out, -1)


class FrameEmbedding(nn.Module):
    """[B, T, d] from noise level [B], slots [B, 9, 8], latent frame numbers [B, T], fps [B] and which of the first two frames are given [B, 2].

    What is said comes as each value and each pair of values, so that words bind to one another from the first layer on."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.register_buffer("waves", 2.0 ** torch.arange(WAVES).float() * math.pi / 2, persistent=False)
        legal = torch.tensor([k < len(v) for v in CLASSES.values() for k in range(WIDTH)])
        self.register_buffer("legal", legal.nonzero()[:, 0], persistent=False)
        m = int(legal.sum())
        self.register_buffer("pairs", torch.triu_indices(m, m, 1), persistent=False)
        self.said, self.level, self.moment = nn.Linear(m + m * (m - 1) // 2, 2 * d), nn.Linear(2 * WAVES + 3, 2 * d), nn.Linear(2 * WAVES + 2, 2 * d)
        self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(2 * d, 2 * d), nn.SiLU(), nn.Linear(2 * d, d))

    def forward(self, t: Tensor, slots: Tensor, index: Tensor, fps: Tensor, given: Tensor) -> Tensor:
        said = slots.reshape(-1, SLOTS * WIDTH)[:, self.legal]
        said = self.said(torch.cat([said, said[:, self.pairs[0]] * said[:, self.pairs[1]]], 1))
        a, pace = t[:, None] * self.waves, 24 / fps
        level = self.level(torch.cat([a.sin(), a.cos(), pace.log()[:, None], given], 1))
        seconds = F.relu(index * 4 - 1.5) / 24 * pace[:, None]  # a latent frame's middle
        c = seconds[..., None] * self.waves
        return self.mlp((said + level)[:, None] + self.moment(torch.cat([index[..., None] / 7, seconds[..., None], c.sin(), c.cos()], -1)))
