"""What tells the U-Net where a cell lies and which moment of which clip a frame is."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..text.slots import SLOTS, WIDTH

COORDINATES = 16
LOUD = 4.0  # what a slot is multiplied by: under Adam this is a higher learning rate for what the prompt says


def coordinates(h: int | Tensor, w: int | Tensor, like: Tensor) -> Tensor:
    """[16, h, w]: for each axis the place in the picture (-1..1), the distance from its middle in short sides, and waves of that."""
    y, x = torch.arange(h, dtype=like.dtype), torch.arange(w, dtype=like.dtype)
    short = (h + w - abs(h - w)) / 2
    out = []
    for p, n, wide in ((y, h, False), (x, w, True)):
        u = (p - (n - 1) / 2) / short
        rows = torch.stack([(p + .5) / n * 2 - 1, u * 2] + [f(u * math.pi * k) for k in (1, 2, 4) for f in (torch.sin, torch.cos)])
        out.append(rows[:, None, :].expand(-1, h, -1) if wide else rows[:, :, None].expand(-1, -1, w))
    return torch.cat(out)


class FrameEmbedding(nn.Module):
    """[B*T, d] from noise level [B], slots [B, 9, 8], fps [B], latent frame index [B, T] and which of the first two frames are given [B, 2]."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.register_buffer("waves", 2.0 ** torch.arange(0, 6).float() * math.pi / 2, persistent=False)
        n = SLOTS * WIDTH + 2 * 6 + 1 + 2 + 2 * 6 + 2
        self.mlp = nn.Sequential(nn.Linear(n, 2 * d), nn.SiLU(), nn.Linear(2 * d, d), nn.SiLU(), nn.Linear(d, d), nn.SiLU())

    def forward(self, t: Tensor, slots: Tensor, fps: Tensor, index: Tensor, given: Tensor) -> Tensor:
        b, n = index.shape
        pace = 24 / fps
        a = t[:, None] * self.waves
        whole = torch.cat([LOUD * slots.reshape(b, SLOTS * WIDTH), a.sin(), a.cos(), pace.log()[:, None], given], 1)
        moment = F.relu(index * 4 - 1.5) / 24 * pace[:, None]  # seconds at 24 fps of a latent frame's middle
        c = moment[..., None] * self.waves
        each = torch.cat([index[..., None] / 7, moment[..., None], c.sin(), c.cos()], -1)
        return self.mlp(torch.cat([whole[:, None].expand(-1, n, -1), each], -1).reshape(b * n, -1))
