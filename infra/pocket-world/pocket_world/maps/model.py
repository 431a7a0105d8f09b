"""Small networks that read depth or segmentation off a frame, at a quarter of its size."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..autoencoder.model import Res
from ..world.canvas import SEG_CLASSES, SEG_COLOURS


class MapModel(nn.Module):
    """frames [N, 3, H, W] in [-1, 1] to logits [N, K, H/4, W/4]: K = 1 for depth (before a sigmoid), the classes for seg."""

    def __init__(self, kind: str, width: int = 32) -> None:
        super().__init__()
        self.kind = kind
        k = 1 if kind == "depth" else len(SEG_CLASSES)
        c = width
        self.stem = nn.Conv2d(48 + 2, c, 1)
        self.a, self.down = Res(c), nn.Conv2d(c, 2 * c, 2, 2)
        self.b, self.down2 = Res(2 * c), nn.Conv2d(2 * c, 2 * c, 2, 2)
        self.c = nn.Sequential(Res(2 * c), Res(2 * c))
        self.up2, self.d = nn.Conv2d(2 * c, 8 * c, 1), Res(2 * c)
        self.up, self.e = nn.Conv2d(2 * c, 4 * c, 1), Res(c)
        self.out = nn.Conv2d(c, k, 1)
        self.register_buffer("colours", torch.from_numpy(SEG_COLOURS.copy()).float() / 127.5 - 1)

    def forward(self, frames: Tensor) -> Tensor:
        x = F.pixel_unshuffle(frames, 4)
        n, _, h, w = x.shape
        y = torch.arange(h, dtype=x.dtype, device=x.device).reshape(1, 1, -1, 1) / h * 2 - 1
        z = torch.arange(w, dtype=x.dtype, device=x.device).reshape(1, 1, 1, -1) / w * 2 - 1
        x = self.a(self.stem(torch.cat([x, y.expand(n, 1, h, w), z.expand(n, 1, h, w)], 1)))
        p = self.b(self.down(x))
        q = self.c(self.down2(p))
        p = self.d(p + F.pixel_shuffle(self.up2(q), 2))
        return self.out(self.e(x + F.pixel_shuffle(self.up(p), 2)))

    def picture(self, video: Tensor) -> Tensor:
        """[B, 3, T, H, W] to control frames of the same shape in [-1, 1]."""
        b, c, t, h, w = video.shape
        logits = self(video.permute(0, 2, 1, 3, 4).reshape(b * t, c, h, w))
        logits = F.interpolate(logits, scale_factor=4.0, mode="bilinear", align_corners=False)
        if self.kind == "depth":
            out = (logits.sigmoid() * 2 - 1).expand(-1, 3, -1, -1)
        else:
            out = F.embedding(logits.argmax(1), self.colours).permute(0, 3, 1, 2)
        return out.reshape(b, t, 3, h, w).permute(0, 2, 1, 3, 4)
