"""The U-Net. It predicts the clean latents; velocity = (x - clean) / t."""

import torch
from torch import Tensor, nn

from ..autoencoder.model import CHANNELS
from .blocks import Attention, Res, groups
from .embed import COORDINATES, Blobs, FrameEmbedding, coordinates
from .prior import Prior

CONTROLS = 4  # edge, blur, depth, seg


class Stage(nn.Module):
    """A residual block and, where heads > 0, attention."""

    def __init__(self, cin: int, c: int, d: int, heads: int, whole: bool = False) -> None:
        super().__init__()
        self.res = Res(cin, c, d)
        self.mix = Attention(c, heads, whole) if heads else None

    def forward(self, x: Tensor, e: Tensor, batch: int) -> Tensor:
        x = self.res(x, e)
        return x if self.mix is None else self.mix(x, batch)


class Denoiser(nn.Module):
    """Three scales (h x w, half, quarter); h and w are multiples of 4."""

    def __init__(self, channels: int = CHANNELS, width: tuple[int, int, int] = (64, 128, 256), d: int = 256, precondition: bool = False, features: int = 320, rank: int = 160) -> None:
        super().__init__()
        a, b, c = width
        self.channels, self.precondition = channels, precondition
        self.embed = FrameEmbedding(d)
        self.blobs = Blobs(d, a)
        self.prior = Prior(channels, features, rank)
        self.hint, self.trust = nn.Conv2d(channels, a, 3, padding=1), nn.Linear(d, channels)
        for p in (self.hint, self.trust):
            nn.init.zeros_(p.weight)
            nn.init.zeros_(p.bias)
        self.lean = nn.Parameter(torch.stack([torch.ones(channels), torch.full((channels,), -3.0)]))
        self.stem = nn.Conv2d(3 * channels + 3 + COORDINATES, a, 3, padding=1)
        self.control = nn.Conv2d(CONTROLS * (channels + 1), a, 3, padding=1, bias=False)
        nn.init.zeros_(self.control.weight)
        self.d0 = nn.ModuleList([Stage(a, a, d, 0), Stage(a, a, d, 2)])
        self.down0 = nn.Conv2d(a, b, 2, 2)
        self.d1 = nn.ModuleList([Stage(b, b, d, 4), Stage(b, b, d, 4)])
        self.down1 = nn.Conv2d(b, c, 2, 2)
        self.mid = nn.ModuleList([Stage(c, c, d, 4, True), Stage(c, c, d, 4, True), Stage(c, c, d, 0)])
        self.up1 = nn.Sequential(nn.Conv2d(c, 4 * b, 1), nn.PixelShuffle(2))
        self.u1 = nn.ModuleList([Stage(2 * b, b, d, 4), Stage(b, b, d, 4)])
        self.up0 = nn.Sequential(nn.Conv2d(b, 4 * a, 1), nn.PixelShuffle(2))
        self.u0 = nn.ModuleList([Stage(2 * a, a, d, 2), Stage(a, a, d, 0)])
        self.norm, self.out = groups(a), nn.Conv2d(a, channels, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def clean(self, x: Tensor, known: Tensor, mask: Tensor, t: Tensor, slots: Tensor, fps: Tensor, index: Tensor,
              control: Tensor | None = None, weight: Tensor | None = None) -> Tensor:
        """Clean latents [B, T, C, h, w]. known: given latents; mask [B, T, 1, h, w]: 1 where given; index [B, T]: latent frame numbers;
        control [B, 4, T, C, h, w] with weight [B, 4] or None."""
        b, n, c, h, w = x.shape
        k = known * mask
        first = torch.cat([k[:, :1], mask[:, :1]], 2)
        x = x * (1 - mask) + k
        tt = t.reshape(b, 1, 1, 1, 1)
        norm = ((1 - tt) ** 2 + tt ** 2).sqrt()
        # second: the second frame where it is given; a batch of frames without frame 1 has none
        second = torch.cat([k, mask], 2) * (index == 1).to(x.dtype).reshape(b, n, 1, 1, 1)
        second = second.sum(1, keepdim=True)
        spot = coordinates(h, w, x)
        place = spot.expand(b, n, -1, -1, -1)
        inp = torch.cat([x / norm * (1 - mask) + k, mask, first.expand(-1, n, -1, -1, -1), second.expand(-1, n, -1, -1, -1), place], 2)
        given = torch.cat([first[:, 0, -1].mean((1, 2))[:, None], second[:, 0, -1].mean((1, 2))[:, None]], 1)
        e = self.embed(t, slots, fps, index, given)
        y = self.stem(inp.reshape(b * n, -1, h, w)) + self.blobs(e, spot)
        hint = self.prior(slots, index, fps, h, w).reshape(b * n, c, h, w)
        y = y + self.hint(hint)
        if control is not None and weight is not None:
            g = weight.reshape(b, CONTROLS, 1, 1, 1, 1).expand(-1, -1, n, 1, h, w)
            y = y + self.control((torch.cat([control * g, g], 3)).permute(0, 2, 1, 3, 4, 5).reshape(b * n, -1, h, w))
        for s in self.d0:
            y = s(y, e, b)
        skip0, y = y, self.down0(y)
        for s in self.d1:
            y = s(y, e, b)
        skip1, y = y, self.down1(y)
        for s in self.mid:
            y = s(y, e, b)
        y = torch.cat([self.up1(y), skip1], 1)
        for s in self.u1:
            y = s(y, e, b)
        y = torch.cat([self.up0(y), skip0], 1)
        for s in self.u0:
            y = s(y, e, b)
        y = self.out(nn.functional.silu(self.norm(y))) + self.trust(e)[:, :, None, None] * hint
        y = y.reshape(b, n, c, h, w)
        if not self.precondition:
            return y + self.leaning(tt, slots, given) * (hint.reshape(b, n, c, h, w) - y)
        return x * ((1 - tt) / norm ** 2) + y * (tt / norm)

    def leaning(self, t: Tensor, slots: Tensor, given: Tensor) -> Tensor:
        """[B, 1, C, 1, 1]: how much of the answer is the prompt's mean clip: nearly all of it in pure noise, nothing once the noise is
        low, where a first frame is given or where no scene is named."""
        level = (t / (1 - t + 1e-3)).log()
        g = torch.sigmoid(self.lean[0].reshape(1, 1, -1, 1, 1) * level + self.lean[1].reshape(1, 1, -1, 1, 1))
        return g * (slots[:, 0].amax(-1) * (1 - given[:, 0])).reshape(-1, 1, 1, 1, 1)

    def forward(self, hidden_states: Tensor, condition_latents: Tensor, condition_mask: Tensor, timestep: Tensor, encoder_hidden_states: Tensor,
                control_latents: Tensor, control_weight: Tensor, fps: Tensor) -> Tensor:
        """Velocity [B, T, C, h, w]: the exported graph."""
        b, n = hidden_states.shape[:2]
        index = torch.arange(n, dtype=hidden_states.dtype)[None].expand(b, -1)
        clean = self.clean(hidden_states, condition_latents, condition_mask, timestep, encoder_hidden_states, fps, index, control_latents, control_weight)
        x = hidden_states * (1 - condition_mask) + condition_latents * condition_mask
        return (x - clean) / timestep.reshape(b, 1, 1, 1, 1).clamp_min(1e-3)
