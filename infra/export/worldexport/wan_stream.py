"""Rewrites an `AutoencoderKLWan` so that its state in time is explicit: a `first` and a `next` graph.

diffusers feeds latents frame by frame through Python lists of cached features. The same numbers come from a
state of two past frames for each causal convolution, all zero before the first frame, with two rules for the first frame:
`upsample3d` does not touch it, `downsample3d` passes it through. Source: diffusers models/autoencoders/autoencoder_kl_wan.py.
"""

import copy
import types

import torch
import torch.nn as nn
import torch.nn.functional as F

from .attention import attend


class Stream:
    """Hands cached frames to the layers in call order and collects the new ones."""

    def __init__(self, past: list[torch.Tensor] | None):
        self.first = past is None
        self.past = iter(past or [])
        self.kept: list[torch.Tensor] = []

    def join(self, x: torch.Tensor, frames: int) -> torch.Tensor:
        """x [B, C, T, H, W] with `frames` past frames before it; keeps the last `frames` for the next call."""
        if self.first:
            joined = torch.cat([torch.zeros_like(x[:, :, :1])] * frames + [x], dim=2)
        else:
            joined = torch.cat([next(self.past), x], dim=2)
        self.kept.append(joined[:, :, -frames:])
        return joined


def _conv(self, x, cache_x=None):
    pad_w, _, pad_h, _, past, _ = self._padding
    if past > 0:
        x = self.owner[0].join(x, past)
    return F.conv3d(x, self.weight, self.bias, self.stride, padding=(0, pad_h, pad_w))


def _by_frame(layers, x):
    """Applies 2D layers to each frame of x [B, C, T, H, W]."""
    b, c, t, h, w = x.shape
    x = layers(x.permute(0, 2, 1, 3, 4).reshape(b * t, c, h, w))
    return x.reshape(b, t, x.shape[1], x.shape[2], x.shape[3]).permute(0, 2, 1, 3, 4)


def _resample(self, x, feat_cache=None, feat_idx=None):
    stream = self.owner[0]
    if self.mode == "upsample3d":
        if stream.first:
            stream.kept.append(torch.cat([torch.zeros_like(x[:, :, :1])] * 2, dim=2))
        else:
            b, c, t, h, w = x.shape
            x = self.time_conv(x).reshape(b, 2, c, t, h, w)
            x = x.permute(0, 2, 3, 1, 4, 5).reshape(b, c, t * 2, h, w)
    x = _by_frame(self.resample, x)
    if self.mode == "downsample3d":
        if stream.first:
            stream.kept.append(x[:, :, -1:])
        else:
            conv = self.time_conv
            x = F.conv3d(stream.join(x, 1), conv.weight, conv.bias, conv.stride)
    return x


def _upsample(self, x):
    return F.interpolate(x.float(), scale_factor=2.0, mode="nearest").to(x.dtype)


def _attention(self, x):
    b, c, t, h, w = x.shape
    frames = self.norm(x.permute(0, 2, 1, 3, 4).reshape(b * t, c, h, w))
    query, key, value = self.to_qkv(frames).reshape(b * t, 3 * c, h * w).transpose(1, 2).chunk(3, dim=-1)
    out = attend(query, key, value, 1).transpose(1, 2).reshape(b * t, c, h, w)
    return self.proj(out).reshape(b, t, c, h, w).permute(0, 2, 1, 3, 4) + x


def _duplicate(self, x, first_chunk=False):
    """`DupUp3D`: repeats channels and folds them into time and space; the first call drops the frames before frame 0."""
    b, c, t, h, w = x.shape
    x = x.unsqueeze(2).expand(b, c, self.repeats, t, h, w)
    x = x.reshape(b, self.out_channels, self.factor_t, self.factor_s, self.factor_s, t, h, w)
    x = x.permute(0, 1, 5, 2, 6, 3, 7, 4)
    x = x.reshape(b, self.out_channels, t * self.factor_t, h * self.factor_s, w * self.factor_s)
    return x[:, :, self.factor_t - 1 :] if first_chunk else x


_REPLACED = {
    "WanCausalConv3d": _conv,
    "WanResample": _resample,
    "WanUpsample": _upsample,
    "WanAttentionBlock": _attention,
    "DupUp3D": _duplicate,
}


def streaming(vae: nn.Module) -> tuple[nn.Module, list[Stream]]:
    """A copy of the VAE with replaced layers, and the one-element list in which the current `Stream` is placed."""
    vae, owner = copy.deepcopy(vae), []
    for module in vae.modules():
        replacement = _REPLACED.get(type(module).__name__)
        if replacement is not None:
            module.forward = types.MethodType(replacement, module)
            module.owner = owner
    return vae, owner
