"""Parts of the U-Net. Features are [B*T, C, h, w]; the embedding of a frame [B*T, D] says what, when and how noisy."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def groups(c: int) -> nn.GroupNorm:
    """Normalisation over groups of 16 channels."""
    return nn.GroupNorm(max(1, c // 16), c)


class Res(nn.Module):
    """Residual block: two 3 x 3 convolutions, the second one's input scaled and shifted by the embedding."""

    def __init__(self, cin: int, c: int, d: int) -> None:
        super().__init__()
        self.n1, self.c1 = groups(cin), nn.Conv2d(cin, c, 3, padding=1)
        self.n2, self.c2 = groups(c), nn.Conv2d(c, c, 3, padding=1)
        self.film = nn.Linear(d, 2 * c)
        self.skip = nn.Conv2d(cin, c, 1) if cin != c else nn.Identity()
        nn.init.zeros_(self.c2.weight)
        nn.init.zeros_(self.c2.bias)

    def forward(self, x: Tensor, e: Tensor) -> Tensor:
        y = self.c1(F.silu(self.n1(x)))
        scale, shift = self.film(e)[:, :, None, None].chunk(2, 1)
        return self.skip(x) + self.c2(F.silu(self.n2(y) * (1 + scale) + shift))


class Attention(nn.Module):
    """Attention over the frames of one place, or (whole=True) over every place of every frame."""

    def __init__(self, c: int, heads: int, whole: bool = False) -> None:
        super().__init__()
        self.heads, self.whole = heads, whole
        self.norm, self.qkv, self.out = groups(c), nn.Conv2d(c, 3 * c, 1), nn.Conv2d(c, c, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, batch: int) -> Tensor:
        n, c, h, w = x.shape
        t, k, d = n // batch, self.heads, c // self.heads
        qkv = self.qkv(self.norm(x)).reshape(batch, t, 3, k, d, h * w)
        if self.whole:
            q, key, v = qkv.permute(2, 0, 3, 1, 5, 4).reshape(3, batch, k, t * h * w, d).unbind(0)
        else:
            q, key, v = qkv.permute(2, 0, 5, 3, 1, 4).reshape(3, batch * h * w, k, t, d).unbind(0)
        y = v if t == 1 and not self.whole else ((q @ key.transpose(-1, -2)) * d ** -.5).softmax(-1) @ v
        if self.whole:
            y = y.reshape(batch, k, t, h * w, d).permute(0, 2, 1, 4, 3)
        else:
            y = y.reshape(batch, h * w, k, t, d).permute(0, 3, 2, 4, 1)
        return x + self.out(y.reshape(n, c, h, w))
