"""Rewrites the layers of `AutoencoderKLCosmos` so that they trace with dynamic shapes and cost less.

The Haar patcher becomes sums and differences of neighbours (diffusers uses 24 grouped convolutions), repeats become reshapes, and
spatial attention one fused node. Source: diffusers models/autoencoders/autoencoder_kl_cosmos.py.
"""

import copy
import math
import types

import torch
import torch.nn as nn
import torch.nn.functional as F

from .attention import attend


def _conv(self, x):
    """Causal in time by repeating the first frame; zero padding in space."""
    x = torch.cat([x[:, :, :1]] * self.temporal_pad + [x], dim=2)
    pad = self.spatial_pad[0]
    return F.conv3d(x, self.weight, self.bias, self.stride, (0, pad, pad), self.dilation)


def _frame_norm(self, x):
    """Group norm with one group, each frame by itself."""
    b, c, t, h, w = x.shape
    frames = self.norm(x.permute(0, 2, 1, 3, 4).reshape(b * t, c, h, w))
    return frames.reshape(b, t, c, h, w).permute(0, 2, 1, 3, 4)


def _repeat(x, dim: int):
    """`repeat_interleave(2, dim)`."""
    shape = list(x.shape)
    wide = x.unsqueeze(dim + 1).expand(*shape[: dim + 1], 2, *shape[dim + 1 :])
    shape[dim] = shape[dim] * 2
    return wide.reshape(*shape)


def _upsample(self, x):
    """For clips of two latent frames and more; a single one would not be doubled in time."""
    if self.temporal_upsample:
        x = _repeat(x, 2)[:, :, 1:]
        x = self.conv1(x) + x
    if self.spatial_upsample:
        x = _repeat(_repeat(x, 3), 4)
        x = self.conv2(x) + x
    return self.conv3(x)


def _attention(self, x, attention_mask=None):
    """Over the pixels of each frame, or causally over the frames of each pixel; one head."""
    assert self.num_attention_heads == 1
    b, c, t, h, w = x.shape
    normed = self.norm(x)
    spatial = "Spatial" in type(self.processor).__name__
    order = (0, 2, 3, 4, 1) if spatial else (0, 3, 4, 2, 1)
    shape = (b * t, h * w, c) if spatial else (b * h * w, t, c)
    query, key, value = (f(normed).permute(*order).reshape(*shape) for f in (self.to_q, self.to_k, self.to_v))
    if spatial:
        out = attend(query, key, value, 1).reshape(b, t, h, w, c).permute(0, 4, 1, 2, 3)
    else:
        out = F.scaled_dot_product_attention(*(v.unsqueeze(1) for v in (query, key, value)), is_causal=True)
        out = out.reshape(b, h, w, t, c).permute(0, 4, 3, 1, 2)
    return self.to_out[0](out) + x


def _halves(x, dim: int):
    """Low and high band of neighbours along `dim`, unscaled."""
    before = (slice(None),) * dim
    even, odd = x[(*before, slice(0, None, 2))], x[(*before, slice(1, None, 2))]
    return even + odd, even - odd


def _haar(self, x):
    """The first frame counts `patch_size` times; each level halves time, height and width. Band order: t, h, w, low first."""
    assert self.patch_method == "haar"
    x = torch.cat([x[:, :, :1]] * (self.patch_size - 1) + [x], dim=2)
    for _ in range(int(math.log2(self.patch_size))):
        bands = [x]
        for dim in (2, 3, 4):
            bands = [half for band in bands for half in _halves(band, dim)]
        x = torch.cat(bands, dim=1) * 0.125
    return x


def _join(low, high, dim: int):
    """Inverse of `_halves` up to a factor of 2."""
    shape = list(low.shape)
    shape[dim] = shape[dim] * 2
    return torch.stack((low + high, low - high), dim=dim + 1).reshape(*shape)


def _inverse_haar(self, x):
    assert self.patch_method == "haar"
    for _ in range(int(math.log2(self.patch_size))):
        bands = list(x.chunk(8, dim=1))
        for dim in (4, 3, 2):
            bands = [_join(bands[i], bands[i + 1], dim) for i in range(0, len(bands), 2)]
        x = bands[0]
    return x[:, :, self.patch_size - 1 :]


_REPLACED = {
    "CosmosCausalConv3d": _conv,
    "CosmosCausalGroupNorm": _frame_norm,
    "CosmosUpsample3d": _upsample,
    "CosmosCausalAttention": _attention,
    "CosmosPatchEmbed3d": _haar,
    "CosmosUnpatcher3d": _inverse_haar,
}


def traceable(part: nn.Module) -> nn.Module:
    """A copy of the encoder, the decoder or a convolution with replaced layers."""
    part = copy.deepcopy(part)
    for module in part.modules():
        replacement = _REPLACED.get(type(module).__name__)
        if replacement is not None and not (replacement is _upsample and _is_plain(module)):
            module.forward = types.MethodType(replacement, module)
    return part


def _is_plain(upsample: nn.Module) -> bool:
    """An upsampler that does nothing keeps its own forward."""
    return not upsample.spatial_upsample and not upsample.temporal_upsample
