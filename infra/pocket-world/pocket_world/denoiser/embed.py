"""What tells the U-Net where a cell lies and which moment of which clip a frame is."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..text.slots import SLOTS, WIDTH
from ..world.attributes import CLASSES

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
    """What is said (each value, each pair of values), gated by when and how noisy, beside a plain network over all of it.

    [B*T, d] from noise level [B], slots [B, 9, 8], fps [B], latent frame index [B, T] and which of the first two frames are given [B, 2]."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.register_buffer("waves", 2.0 ** torch.arange(0, 6).float() * math.pi / 2, persistent=False)
        n = SLOTS * WIDTH + 2 * 6 + 1 + 2 + 2 * 6 + 2
        legal = torch.tensor([k < len(v) for v in CLASSES.values() for k in range(WIDTH)])
        self.register_buffer("legal", legal.nonzero()[:, 0], persistent=False)
        m = int(legal.sum())
        self.register_buffer("pairs", torch.triu_indices(m, m, 1), persistent=False)
        self.facts, self.gate, self.join = nn.Linear(m + m * (m - 1) // 2, 2 * d), nn.Linear(2 * 6 + 2 + 2 * 6, 2 * d), nn.Linear(2 * d, d)
        nn.init.zeros_(self.join.weight)
        nn.init.zeros_(self.join.bias)
        self.mlp = nn.Sequential(nn.Linear(n, 2 * d), nn.SiLU(), nn.Linear(2 * d, d), nn.SiLU(), nn.Linear(d, d), nn.SiLU())

    def forward(self, t: Tensor, slots: Tensor, fps: Tensor, index: Tensor, given: Tensor) -> Tensor:
        b, n = index.shape
        pace = 24 / fps
        a = t[:, None] * self.waves
        whole = torch.cat([LOUD * slots.reshape(b, SLOTS * WIDTH), a.sin(), a.cos(), pace.log()[:, None], given], 1)
        moment = F.relu(index * 4 - 1.5) / 24 * pace[:, None]  # seconds at 24 fps of a latent frame's middle
        c = moment[..., None] * self.waves
        each = torch.cat([index[..., None] / 7, moment[..., None], c.sin(), c.cos()], -1)
        said = LOUD / 2 * slots.reshape(b, SLOTS * WIDTH)[:, self.legal]
        facts = self.facts(torch.cat([said, said[:, self.pairs[0]] * said[:, self.pairs[1]]], 1))
        gate = self.gate(torch.cat([each, torch.cat([a.sin(), a.cos()], 1)[:, None].expand(-1, n, -1)], -1))
        joint = self.join(F.silu(facts[:, None] * (1 + gate)).reshape(b * n, -1))
        return joint + self.mlp(torch.cat([whole[:, None].expand(-1, n, -1), each], -1).reshape(b * n, -1))


class Blobs(nn.Module):
    """Soft spots whose place, size and features the embedding sets: how the U-Net learns early where a thing should be."""

    def __init__(self, d: int, c: int, count: int = 24) -> None:
        super().__init__()
        self.count, self.c = count, c
        self.head = nn.Linear(d, count * (4 + c))
        nn.init.normal_(self.head.weight, std=.01)
        nn.init.zeros_(self.head.bias)
        i = torch.arange(count)
        base = torch.stack([(i % 6 - 2.5) / 1.8, (i // 6 - 1.5) / 1.8, torch.full((count,), .9), torch.full((count,), .9)], 1).float()
        self.base = nn.Parameter(base)

    def forward(self, e: Tensor, place: Tensor) -> Tensor:
        """e [N, d]; place [16, h, w] from coordinates(). Returns [N, c, h, w]."""
        n = e.shape[0]
        p = self.head(e).reshape(n, self.count, 4 + self.c)
        form = p[..., :4] + self.base
        y, x = place[1, :, 0], place[9, 0]  # distances from the middle, in half short sides
        ax = torch.exp(-((x - form[..., 0:1]) * form[..., 2:3].exp()) ** 2)
        ay = torch.exp(-((y - form[..., 1:2]) * form[..., 3:4].exp()) ** 2)
        spots = (ay[..., :, None] * ax[..., None, :]).reshape(n, self.count, -1)
        return (p[..., 4:].transpose(1, 2) @ spots).reshape(n, self.c, place.shape[1], place.shape[2])
