"""`transformer` of Cosmos3: the generation stream of one pass, reading the keys and values of the prompt.

Source: diffusers models/transformers/transformer_cosmos3.py, `Cosmos3OmniTransformer.forward` (vision only).
"""

import math

import torch
import torch.nn as nn

from .attention import attend, halves, join_heads, rms_norm
from .cosmos3_text import heads, rotate_heads
from .text_reason1 import repeat_heads


class Cosmos3Gen(nn.Module):
    input_names = ["hidden_states", "timestep", "noisy_mask", "rope_cos", "rope_sin", "und_k", "und_v"]

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model, config = model, model.config
        self.channels, self.patch, self.scale = config.latent_channel, config.latent_patch_size, config.timestep_scale
        half = model.time_proj.num_channels // 2
        exponent = -math.log(10000) * torch.arange(half, dtype=torch.float32) / half
        self.register_buffer("frequencies", torch.exp(exponent))

    def forward(self, hidden_states, timestep, noisy_mask, rope_cos, rope_sin, und_k, und_v):
        """hidden_states [M, C, T, H, W] to the last item's velocity [1, C, T, H, W] (GRAPHS.md)."""
        model, dtype = self.model, self.model.proj_in.weight.dtype
        x = model.proj_in(self._patchify(hidden_states).to(dtype))
        embedding = self._time(timestep).to(dtype)
        x = x + embedding * noisy_mask.to(dtype).unsqueeze(-1).unsqueeze(-1)
        x, rope = x.reshape(-1, x.shape[-1]), halves(rope_cos, rope_sin)
        for index, layer in enumerate(model.layers):
            normed = layer.input_layernorm_moe_gen(x)
            x = x + self._attention(layer.self_attn, normed, rope, und_k[index], und_v[index])
            x = x + layer.mlp_moe_gen(layer.post_attention_layernorm_moe_gen(x))
        items = hidden_states.shape[0]
        x = x.reshape(items, -1, x.shape[-1])[-1]
        return self._unpatchify(model.proj_out(model.norm_moe_gen(x)), hidden_states.shape).float()

    def _time(self, timestep):
        """Time embedding [1, D] of the integer timestep, kept in float32 as diffusers does."""
        angle = (timestep * self.scale).unsqueeze(-1) * self.frequencies.float()
        wave = torch.cat((angle.cos(), angle.sin()), dim=-1)
        embedder = self.model.time_embedder
        return embedder(wave.to(embedder.linear_1.weight.dtype))

    def _attention(self, attn, normed, rope, und_k, und_v):
        """Video tokens attend to the prompt and to all video tokens, of every item."""
        size = attn.head_dim
        query = rotate_heads(rms_norm(heads(attn.add_q_proj(normed), size), attn.norm_added_q), rope)
        key = rotate_heads(rms_norm(heads(attn.add_k_proj(normed), size), attn.norm_added_k), rope)
        value = heads(attn.add_v_proj(normed), size)
        key, value = torch.cat([und_k, key]).unsqueeze(0), torch.cat([und_v, value]).unsqueeze(0)
        times = attn.num_attention_heads // attn.num_key_value_heads
        key, value = join_heads(repeat_heads(key, times)), join_heads(repeat_heads(value, times))
        out = attend(join_heads(query.unsqueeze(0)), key, value, attn.num_attention_heads)
        return attn.to_add_out(out.squeeze(0))

    def _patchify(self, x):
        """[M, C, T, H, W] to [M, T, hw, p*p*C], channels last."""
        m, c, t, height, width = x.shape
        p = self.patch
        x = x.reshape(m, c, t, height // p, p, width // p, p).permute(0, 2, 3, 5, 4, 6, 1)
        return x.reshape(m, t, (height // p) * (width // p), p * p * c)

    def _unpatchify(self, x, shape):
        _, _, t, height, width = shape
        p, c = self.patch, self.channels
        x = x.reshape(t, height // p, width // p, p, p, c).permute(5, 0, 1, 3, 2, 4)
        return x.reshape(1, c, t, height, width)
