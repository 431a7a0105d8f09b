"""The denoiser. It predicts the clean latents; velocity = (x - clean) / t."""

import torch
from torch import Tensor, nn

from ..autoencoder.model import CHANNELS
from .blocks import Block, conv, norm, turns, zeroed
from .embed import COORDINATES, FrameEmbedding, coordinates

CONTROLS = 4  # edge, blur, depth, seg


class Denoiser(nn.Module):
    """Two scales (h x w and its half; h and w are even): blocks that look at neighbours on the fine one, over the whole clip on the coarse one."""

    def __init__(self, channels: int = CHANNELS, width: tuple[int, int] = (128, 256), depth: tuple[int, int, int] = (2, 7, 2), d: int = 256) -> None:
        super().__init__()
        a, b = width
        self.channels, self.embed = channels, FrameEmbedding(d)
        self.stem = nn.Conv2d(3 * channels + 3 + COORDINATES, a, 3, padding=1)
        self.control = nn.Conv2d(CONTROLS * (channels + 1), a, 3, padding=1, bias=False)
        self.begin = nn.ModuleList(Block(a, d, 2, False) for _ in range(depth[0]))
        self.down = nn.Conv2d(a, b, 2, 2)
        self.middle = nn.ModuleList(Block(b, d, 3, True) for _ in range(depth[1]))
        self.up, self.join = nn.Linear(b, 4 * a), nn.Linear(2 * a, a)
        self.end = nn.ModuleList(Block(a, d, 2, False) for _ in range(depth[2]))
        self.out = zeroed(nn.Linear(a, channels))
        nn.init.zeros_(self.control.weight)

    def clean(self, x: Tensor, known: Tensor, mask: Tensor, t: Tensor, slots: Tensor, fps: Tensor, index: Tensor,
              control: Tensor | None = None, weight: Tensor | None = None) -> Tensor:
        """Clean latents [B, T, C, h, w]. known: given latents; mask [B, T, 1, h, w]: 1 where given; index [B, T]: latent frame numbers;
        control [B, 4, T, C, h, w] with weight [B, 4] or None."""
        b, n, c, h, w = x.shape
        k = known * mask
        tt = t.reshape(b, 1, 1, 1, 1)
        scaled = x / ((1 - tt) ** 2 + tt ** 2).sqrt() * (1 - mask) + k
        given = torch.cat([k, mask], 2)
        first = given[:, :1] * (index[:, :1] == 0).to(x.dtype).reshape(b, 1, 1, 1, 1)
        second = (given * (index == 1).to(x.dtype).reshape(b, n, 1, 1, 1)).sum(1, keepdim=True)
        place = coordinates(h, w, x).expand(b, n, h, w, COORDINATES)
        y = torch.cat([scaled, mask, first.expand(-1, n, -1, -1, -1), second.expand(-1, n, -1, -1, -1)], 2).permute(0, 1, 3, 4, 2)
        y = conv(self.stem, torch.cat([y, place], -1))
        if control is not None and weight is not None:
            g = weight.reshape(b, CONTROLS, 1, 1, 1, 1).expand(-1, -1, n, 1, h, w)
            y = y + conv(self.control, torch.cat([control * g, g], 3).permute(0, 2, 4, 5, 1, 3).reshape(b, n, h, w, self.control.in_channels))
        e = self.embed(t, slots, index, fps, torch.cat([first[:, 0, -1].mean((1, 2))[:, None], second[:, 0, -1].mean((1, 2))[:, None]], 1))
        turn = turns(h // 2, w // 2, index * (24 / fps)[:, None])
        for block in self.begin:
            y = block(y, e, turn)
        fine, y = y, conv(self.down, y)
        for block in self.middle:
            y = block(y, e, turn)
        y = self.join(torch.cat([self.fine(self.up(y)), fine], -1))
        for block in self.end:
            y = block(y, e, turn)
        return self.out(norm(y, self.out.in_features)).permute(0, 1, 4, 2, 3)

    def fine(self, y: Tensor) -> Tensor:
        """[B, T, h, w, 4C] to [B, T, 2h, 2w, C]."""
        b, n, h, w, _ = y.shape
        c = self.up.out_features // 4
        return y.reshape(b, n, h, w, 2, 2, c).permute(0, 1, 2, 4, 3, 5, 6).reshape(b, n, 2 * h, 2 * w, c)

    def forward(self, hidden_states: Tensor, condition_latents: Tensor, condition_mask: Tensor, timestep: Tensor, encoder_hidden_states: Tensor,
                control_latents: Tensor, control_weight: Tensor, fps: Tensor) -> Tensor:
        """Velocity [B, T, C, h, w]: the exported graph."""
        b, n = hidden_states.shape[:2]
        index = torch.arange(n, dtype=hidden_states.dtype)[None].expand(b, -1)
        clean = self.clean(hidden_states, condition_latents, condition_mask, timestep, encoder_hidden_states, fps, index, control_latents, control_weight)
        x = hidden_states * (1 - condition_mask) + condition_latents * condition_mask
        return (x - clean) / timestep.reshape(b, 1, 1, 1, 1).clamp_min(1e-3)
