"""The autoencoder: a linear encoder (principal components of 16 x 16 pixels of 4 frames) and a deep convolutional decoder.

The first frame is a group of its own (repeated four times), every later group has four frames: causal in time.
The decoder adds what it learned to the linear inverse, so it is right from its first step, and because the encoder never
changes the decoder can be trained further at any time without touching the denoiser.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHANNELS = 16
GROUP, PATCH, CELL = 4, 4, 16  # frames to a latent frame; pixels to a cell of the finest feature map; pixels to a latent cell


class Res(nn.Module):
    """Two 3 x 3 convolutions around an identity."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(c, c, 3, padding=1), nn.Conv2d(c, c, 3, padding=1)
        nn.init.zeros_(self.b.weight)
        nn.init.zeros_(self.b.bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.b(F.silu(self.a(F.silu(x))))


class Autoencoder(nn.Module):
    """Works on groups of frames [N, 12, H, W] (3 colours x 4 frames, -1 to 1) and latents [N, C, H/16, W/16]."""

    def __init__(self, channels: int = CHANNELS, width: tuple[int, int, int] = (64, 112, 192)) -> None:
        super().__init__()
        self.project = nn.Conv2d(3 * GROUP, channels, CELL, CELL)
        self.inverse = nn.ConvTranspose2d(channels, 3 * GROUP, CELL, CELL, bias=False)
        self.register_buffer("mean", torch.zeros(1, 3 * GROUP, CELL, CELL))
        self.project.requires_grad_(False)
        self.inverse.requires_grad_(False)
        a, b, c = width
        self.decoder = nn.Sequential(
            nn.Conv2d(channels, c, 3, padding=1), Res(c), Res(c), Res(c), nn.Conv2d(c, 4 * b, 1), nn.PixelShuffle(2),
            Res(b), Res(b), nn.Conv2d(b, 4 * a, 1), nn.PixelShuffle(2), Res(a), Res(a), Res(a), nn.Conv2d(a, 3 * GROUP * PATCH * PATCH, 1))
        nn.init.zeros_(self.decoder[-1].weight)
        nn.init.zeros_(self.decoder[-1].bias)

    def components(self, mean: Tensor, vectors: Tensor, scale: Tensor) -> None:
        """Sets the linear part: mean [12*16*16], vectors [C, 12*16*16] (orthonormal), scale [C]: deviation of each component divided by that of its latent."""
        w = vectors.reshape(-1, 3 * GROUP, CELL, CELL)
        self.project.weight.data.copy_(w / scale[:, None, None, None])
        self.project.bias.data.copy_(-(vectors @ mean) / scale)
        self.inverse.weight.data.copy_(w * scale[:, None, None, None])
        self.mean.copy_(mean.reshape(1, -1, CELL, CELL))

    def encode(self, groups: Tensor) -> Tensor:
        """Groups to latents."""
        return self.project(groups)

    def decode(self, latents: Tensor) -> Tensor:
        """Latents to groups, values about -1 to 1."""
        mean = self.mean.repeat(1, 1, latents.shape[2], latents.shape[3])
        return self.inverse(latents) + mean + F.pixel_shuffle(self.decoder(latents), PATCH)


def pack(video: Tensor) -> Tensor:
    """[B, 3, 1+4k, H, W] to groups [B*(1+k), 12, H, W]."""
    video = torch.cat([video[:, :, :1].repeat(1, 1, GROUP - 1, 1, 1), video], 2)
    b, c, t, h, w = video.shape
    return video.reshape(b, c, t // GROUP, GROUP, h, w).permute(0, 2, 1, 3, 4, 5).reshape(b * (t // GROUP), c * GROUP, h, w)


def unpack(groups: Tensor, batch: int) -> Tensor:
    """The inverse of pack: [batch, 3, 1+4k, H, W]."""
    n, _, h, w = groups.shape
    x = groups.reshape(batch, n // batch, 3, GROUP, h, w).permute(0, 2, 1, 3, 4, 5).reshape(batch, 3, n // batch * GROUP, h, w)
    return x[:, :, GROUP - 1:]


def encode_video(model: Autoencoder, video: Tensor) -> Tensor:
    """[B, 3, 1+4k, H, W] in [-1, 1] to latents [B, 1+k, C, H/16, W/16]."""
    z = model.encode(pack(video))
    return z.reshape(video.shape[0], -1, *z.shape[1:])


def decode_video(model: Autoencoder, latents: Tensor) -> Tensor:
    """Latents [B, T, C, h, w] to [B, 3, 4T-3, 16h, 16w] in [-1, 1]."""
    return unpack(model.decode(latents.flatten(0, 1)), latents.shape[0]).clamp(-1, 1)
