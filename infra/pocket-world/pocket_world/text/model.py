"""The text encoder: convolutions for phrases, one attention layer, one learned query for each slot."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..world.attributes import CLASSES
from .slots import SLOTS, WIDTH


class Phrase(nn.Module):
    """A residual convolution over five neighbouring tokens."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.norm, self.conv, self.out = nn.LayerNorm(d), nn.Conv1d(d, d, 5, padding=2), nn.Linear(d, d)

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        y = self.conv((self.norm(x) * keep).transpose(1, 2)).transpose(1, 2)
        return x + self.out(F.gelu(y))


class Attend(nn.Module):
    """Multi-head attention of queries [B, Q, d] over tokens [B, S, d]; open [B, S] is 1 where there is a token."""

    def __init__(self, d: int, heads: int = 4) -> None:
        super().__init__()
        self.heads, self.q, self.kv, self.o = heads, nn.Linear(d, d), nn.Linear(d, 2 * d), nn.Linear(d, d)

    def forward(self, x: Tensor, tokens: Tensor, open_: Tensor) -> Tensor:
        b, n, d = x.shape
        q = self.q(x).reshape(b, n, self.heads, d // self.heads).transpose(1, 2)
        k, v = self.kv(tokens).reshape(b, tokens.shape[1], 2, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        w = q @ k.transpose(-1, -2) * (d // self.heads) ** -.5 + (open_[:, None, None] - 1) * 1e4
        return self.o((w.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d))


class TextEncoder(nn.Module):
    """ids [B, S] int64 (0 pads) to slots [B, 9, 8]: how sure it is of each value. No token at all gives zeros."""

    def __init__(self, vocabulary: int = 1024, d: int = 128, blocks: int = 3) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocabulary, d)
        self.blocks = nn.ModuleList(Phrase(d) for _ in range(blocks))
        self.n1, self.mix, self.n2 = nn.LayerNorm(d), Attend(d), nn.LayerNorm(d)
        self.queries, self.read = nn.Parameter(torch.randn(1, SLOTS, d) * .5), Attend(d)
        self.head = nn.Parameter(torch.randn(SLOTS, d, WIDTH + 1) * d ** -.5)
        legal = torch.tensor([[1.0] * (1 + len(v)) + [0.0] * (WIDTH - len(v)) for v in CLASSES.values()])
        self.register_buffer("legal", (legal - 1) * 1e4)

    def logits(self, ids: Tensor) -> Tensor:
        """[B, 9, 9]: column 0 is "left open"."""
        open_ = (ids != 0).float()
        keep = open_[..., None]
        x = self.embed(ids)
        for b in self.blocks:
            x = b(x, keep)
        y = self.n1(x)
        x = self.n2(x + self.mix(y, y, open_))
        s = self.read(self.queries.expand(ids.shape[0], -1, -1), x, open_)
        return torch.einsum("bsd,sdk->bsk", s, self.head) + self.legal

    def forward(self, ids: Tensor) -> Tensor:
        any_ = (ids != 0).float().amax(1)[:, None, None]
        return self.logits(ids).softmax(-1)[..., 1:] * any_
