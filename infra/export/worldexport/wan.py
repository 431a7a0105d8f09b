"""`vae_encoder` and `vae_decoder` graphs of the Wan 2.1 and 2.2 VAEs, as first/next pairs (GRAPHS.md, "VAEs")."""

import torch
import torch.nn as nn

from .wan_stream import Stream, streaming


def _patchify(x, p):
    """[B, C, T, H, W] to [B, C*p*p, T, H/p, W/p], channel order (c, w in patch, h in patch)."""
    b, c, t, h, w = x.shape
    x = x.reshape(b, c, t, h // p, p, w // p, p).permute(0, 1, 6, 4, 2, 3, 5)
    return x.reshape(b, c * p * p, t, h // p, w // p)


def _unpatchify(x, p):
    b, cpp, t, h, w = x.shape
    c = cpp // (p * p)
    x = x.reshape(b, c, p, p, t, h, w).permute(0, 1, 4, 5, 3, 6, 2)
    return x.reshape(b, c, t, h * p, w * p)


class WanDecode(nn.Module):
    """latents [1, C, T, H, W] (and caches) to frames [1, 3, F, Hp, Wp] in [-1, 1] and the new caches."""

    data_name, output_names = "latents", ["frames"]

    def __init__(self, vae: nn.Module):
        super().__init__()
        self.vae, self.owner = streaming(vae)
        self.vae.encoder = None

    def forward(self, latents, *caches):
        stream = Stream(list(caches) if caches else None)
        self.owner[:] = [stream]
        x = self.vae.post_quant_conv(latents.to(self.vae.post_quant_conv.weight.dtype))
        x = self.vae.decoder(x, first_chunk=stream.first)
        if self.vae.config.patch_size is not None:
            x = _unpatchify(x, self.vae.config.patch_size)
        return x.float().clamp(-1.0, 1.0), *stream.kept


class WanEncode(nn.Module):
    """frames [1, 3, F, Hp, Wp] (and caches) to posterior mean and deviation [1, C, T, H, W] and the new caches."""

    data_name, output_names = "frames", ["latent_mean", "latent_std"]

    def __init__(self, vae: nn.Module):
        super().__init__()
        self.vae, self.owner = streaming(vae)
        self.vae.decoder = None

    def forward(self, frames, *caches):
        stream = Stream(list(caches) if caches else None)
        self.owner[:] = [stream]
        x = frames.to(self.vae.quant_conv.weight.dtype)
        if self.vae.config.patch_size is not None:
            x = _patchify(x, self.vae.config.patch_size)
        mean, logvar = self.vae.quant_conv(self.vae.encoder(x)).float().chunk(2, dim=1)
        return mean, torch.exp(0.5 * logvar.clamp(-30.0, 20.0)), *stream.kept
