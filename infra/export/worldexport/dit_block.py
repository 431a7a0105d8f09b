"""One Cosmos DiT block over tokens [B, T, hw, D], sharing the weights of diffusers' `CosmosTransformerBlock`.

Two things differ from diffusers in cost and not in result: the modulation of a block is computed once a latent frame
(diffusers repeats the time embedding for each token first), and the image context of Transfer2.5, which its pipeline
always fills with zeros, is one constant vector (equal keys and values make its attention the identity on the value).
Source: diffusers models/transformers/transformer_cosmos.py.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

from .attention import attend, join_heads, rms_norm, rotate, split_heads


class Modulation(nn.Module):
    """`CosmosAdaLayerNorm(Zero)`: layer norm, then shift and scale (and gate) from the time embedding [B, T, .]."""

    def __init__(self, source: nn.Module, parts: int):
        super().__init__()
        self.source, self.parts = source, parts

    def forward(self, x, embedded, temb):
        source, wide = self.source, self.source.linear_2.out_features
        emb = source.linear_2(source.linear_1(F.silu(embedded))) + temb[..., :wide]
        shift, scale, *gate = (part.unsqueeze(2) for part in emb.split(wide // self.parts, dim=-1))
        return source.norm(x) * (1 + scale) + shift, gate[0] if gate else None


class BlockAttention(nn.Module):
    """Self attention (context None) or cross attention, with per-head RMS norms on query and key."""

    def __init__(self, source: nn.Module, image: torch.Tensor | None = None):
        super().__init__()
        self.source, self.heads = source, source.heads
        self.register_buffer("image", image)

    def forward(self, x, context=None, rope=None):
        source, flat = self.source, x.reshape(x.shape[0], -1, self.source.to_q.in_features)
        context = flat if context is None else context
        query = self._normed(source.to_q(flat), source.norm_q)
        key = self._normed(source.to_k(context), source.norm_k)
        if rope is not None:
            query, key = rotate(query, *rope), rotate(key, *rope)
        out = attend(query, key, source.to_v(context), self.heads)
        if self.image is not None:
            out = out + self.image.to(out.dtype)
        return source.to_out[0](out).reshape(x.shape)

    def _normed(self, x, norm):
        return join_heads(rms_norm(split_heads(x, self.heads), norm))


class Block(nn.Module):
    def __init__(self, source: nn.Module, image_context: torch.Tensor | None = None):
        """`image_context` [D_img]: the projected (zero) image token of Transfer2.5, or None."""
        super().__init__()
        image = source.attn2.v_img(image_context) if image_context is not None else None
        self.norms = nn.ModuleList(Modulation(n, 3) for n in (source.norm1, source.norm2, source.norm3))
        self.self_attention = BlockAttention(source.attn1)
        self.cross_attention = BlockAttention(source.attn2, image)
        self.ff, self.before_proj, self.after_proj = source.ff, source.before_proj, source.after_proj

    def forward(self, x, text, embedded, temb, rope, position=None):
        if position is not None:
            x = x + position
        normed, gate = self.norms[0](x, embedded, temb)
        x = x + gate * self.self_attention(normed, rope=rope)
        normed, gate = self.norms[1](x, embedded, temb)
        x = x + gate * self.cross_attention(normed, text)
        normed, gate = self.norms[2](x, embedded, temb)
        return x + gate * self.ff(normed)
