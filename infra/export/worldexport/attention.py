"""Attention and rotary positions that export as one fused node each.

Written out, attention over N video tokens needs an [N, N] matrix a head (86,400 squared at 720p), so the graphs use
ONNX Runtime's `com.microsoft.MultiHeadAttention`, which has a flash kernel on CPU and CUDA. Rotary positions would be
seven passes over queries and keys; `com.microsoft.RotaryEmbedding` is one. `plain()` writes standard operators instead,
for runtimes without the contrib operators.
"""

import contextlib
import math

import torch
import torch.nn.functional as F

_fused = True


class _Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx, query, key, value, heads):
        return _sdpa(query, key, value, heads)

    @staticmethod
    def symbolic(g, query, key, value, heads):
        out = g.op("com.microsoft::MultiHeadAttention", query, key, value, num_heads_i=heads)
        return out.setType(query.type())


class _FusedRotary(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, cos, sin):
        return _turn(x, cos, sin)

    @staticmethod
    def symbolic(g, x, cos, sin):
        offset = g.op("Constant", value_t=torch.zeros(1, dtype=torch.int64))
        return g.op("com.microsoft::RotaryEmbedding", x, offset, cos, sin).setType(x.type())


def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    """[B, N, heads*hd] to [B, N, heads, hd], written so that it traces with dynamic shapes to one Reshape."""
    return x.reshape(x.shape[0], x.shape[1], heads, -1)


def join_heads(x: torch.Tensor) -> torch.Tensor:
    """[B, N, heads, hd] to [B, N, heads*hd]; `flatten` would trace to four operators."""
    return x.reshape(x.shape[0], x.shape[1], -1)


def _sdpa(query, key, value, heads):
    split = [split_heads(x, heads).transpose(1, 2) for x in (query, key, value)]
    return join_heads(F.scaled_dot_product_attention(*split).transpose(1, 2))


def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, heads: int) -> torch.Tensor:
    """Scaled dot product attention: query [B, N, heads*hd], key and value [B, S, heads*hd] to [B, N, heads*hd]."""
    return (_Fused.apply if _fused else _sdpa)(query, key, value, heads)


def attend_causally(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, head_dim: int) -> torch.Tensor:
    """Attention of text to what stands before it, in float32: all [..., S, heads, hd], S of some hundreds.

    Written out, because the exporter's own causal form leaves float32 behind in a float16 graph.
    """
    wide = [x.float().transpose(-3, -2) for x in (query, key, value)]
    scores = wide[0] @ wide[1].transpose(-1, -2) / math.sqrt(head_dim)
    place = torch.arange(query.shape[-3])
    later = place.unsqueeze(0) > place.unsqueeze(1)
    weights = scores.masked_fill(later, float("-inf")).softmax(dim=-1)
    return (weights @ wide[2]).transpose(-3, -2).to(query.dtype)


@contextlib.contextmanager
def plain():
    """Within this context `attend` exports as MatMul and Softmax."""
    global _fused
    before, _fused = _fused, False
    try:
        yield
    finally:
        _fused = before


def halves(cos: torch.Tensor, sin: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Tables [N, hd], whose second half repeats the first, to the [N, hd/2] that `rotate` takes."""
    half = cos.shape[-1] // 2
    return cos[:, :half], sin[:, :half]


def _turn(x, cos, sin):
    first, second = x.reshape(x.shape[0], x.shape[1], -1, 2, cos.shape[-1]).unbind(3)
    cos, sin = cos.unsqueeze(-2), sin.unsqueeze(-2)
    return join_heads(torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1))


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotate-half position embedding in float32: x [B, N, heads*hd], cos and sin [N, hd/2] of `halves`.

    Same as diffusers `apply_rotary_emb(use_real_unbind_dim=-2)` and Cosmos3's `_rotate_half`.
    """
    return (_FusedRotary.apply if _fused else _turn)(x.float(), cos, sin).to(x.dtype)


def rms_norm(x: torch.Tensor, norm: torch.nn.Module) -> torch.Tensor:
    """RMS norm over the last axis with the weight and eps of `norm` (any of diffusers' or Cosmos3's), in float32."""
    wide = x.float()
    wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + norm.eps)
    weight = getattr(norm, "weight", None)
    return (wide if weight is None else wide * weight.float()).to(x.dtype)
