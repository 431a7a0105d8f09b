"""Blocks of the denoiser. Features are [B, T, h, w, C]; the embedding of a frame [B, T, D] says what, when and how noisy."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HEAD = 32  # channels to an attention head


def conv(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """A 2-D convolution over every frame of [B, T, h, w, C]."""
    b, t, h, w, _ = x.shape
    y = layer(x.reshape(b * t, h, w, layer.in_channels).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    return y.reshape(b, t, y.shape[1], y.shape[2], layer.out_channels)


def norm(x: Tensor, c: int) -> Tensor:
    """Layer normalisation over the c channels in the type of x: autocast would widen it."""
    with torch.autocast(x.device.type, enabled=False):
        return F.layer_norm(x, (c,))


def zeroed(layer: nn.Linear) -> nn.Linear:
    """The layer with nothing in it."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def turns(h: int | Tensor, w: int | Tensor, moment: Tensor) -> tuple[Tensor, Tensor]:
    """Rotary cosines and sines [B, 1, T*h*w, HEAD/2] of places on an h x w grid and of moments [B, T], all counted in cells or latent frames."""
    parts, like = (4, 6, 6), moment
    t, y, x = (10.0 ** (-2 * torch.arange(n, dtype=like.dtype, device=like.device) / n) for n in parts)
    rows = torch.arange(h, dtype=like.dtype, device=like.device)[:, None] * y
    columns = torch.arange(w, dtype=like.dtype, device=like.device)[:, None] * x
    b, n = moment.shape
    angle = torch.cat([(moment[..., None] * t)[:, :, None, None].expand(b, n, h, w, parts[0]), rows[:, None].expand(b, n, h, w, parts[1]),
                       columns.expand(b, n, h, w, parts[2])], -1).reshape(b, 1, -1, sum(parts))
    return angle.cos(), angle.sin()


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary embedding of [B, heads, L, HEAD]."""
    a, b = x.chunk(2, -1)
    cos, sin = (v.to(x.dtype) for v in turn)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


class Block(nn.Module):
    """A convolution over each frame, then a mix of frames beside a two-layer network; both scaled, shifted and gated by the embedding.

    The mix: whole=True is attention over every place of every frame, else a convolution over three frames of one place."""

    def __init__(self, c: int, d: int, grow: int, whole: bool) -> None:
        super().__init__()
        self.c, self.whole = c, whole
        self.near, self.after = nn.Conv2d(c, c, 3, padding=1), nn.Linear(c, c)
        self.mix = nn.Linear(c, 3 * c) if whole else nn.Linear(3 * c, c)
        self.sharp = nn.Parameter(torch.ones(c // HEAD, 1, 1)) if whole else None
        self.wide, self.out = nn.Linear(c, grow * c), nn.Linear(c + grow * c, c)
        self.film = zeroed(nn.Linear(d, 6 * c))

    def forward(self, x: Tensor, e: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """turn: turns() of the places and moments of x."""
        s1, b1, g1, s2, b2, g2 = self.film(F.silu(e))[:, :, None, None].chunk(6, -1)
        y = torch.addcmul(b1, norm(x, self.c), 1 + s1)
        x = torch.addcmul(x, g1, self.after(F.silu(conv(self.near, y))))
        y = torch.addcmul(b2, norm(x, self.c), 1 + s2)
        mixed = self.attend(y, turn) if self.whole else self.neighbours(y)
        return torch.addcmul(x, g2, self.out(torch.cat([mixed, F.silu(self.wide(y))], -1)))

    def neighbours(self, y: Tensor) -> Tensor:
        """The frame before, the frame, the frame after; zeros beyond the ends."""
        padded = F.pad(y, (0, 0, 0, 0, 0, 0, 1, 1))
        return F.silu(self.mix(torch.cat([padded[:, :-2], y, padded[:, 2:]], -1)))

    def attend(self, y: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """Attention of [B, T, h, w, C] over all of T, h, w."""
        b, t, h, w, _ = y.shape
        q, k, v = self.mix(y).reshape(b, t * h * w, 3, self.c // HEAD, HEAD).permute(2, 0, 3, 1, 4).unbind(0)
        q, k = norm(q, HEAD) * self.sharp, norm(k, HEAD)
        a = F.scaled_dot_product_attention(rotate(q.to(v.dtype), turn), rotate(k.to(v.dtype), turn), v)
        return a.transpose(1, 2).reshape(b, t, h, w, self.c)
