"""`text_encoder` of Cosmos3: the understanding stream run once a prompt, giving the keys and values that video tokens read.

Text attends causally to text only, so nothing of it changes with the video or the step: the split is exact.
Source: diffusers models/transformers/transformer_cosmos3.py, `Cosmos3AttnProcessor`.
"""

import torch
import torch.nn as nn

from .attention import attend_causally, halves, join_heads, rms_norm, rotate
from .text_reason1 import repeat_heads


def head_norm(x: torch.Tensor, norm: nn.Module) -> torch.Tensor:
    """Per-head norm, or nothing where the checkpoint has none for text."""
    return x if isinstance(norm, nn.Identity) else rms_norm(x, norm)


def heads(x: torch.Tensor, head_dim: int) -> torch.Tensor:
    """[N, heads*hd] to [N, heads, hd]."""
    return x.reshape(-1, x.shape[-1] // head_dim, head_dim)


def rotate_heads(x: torch.Tensor, rope: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """`rotate` of one sequence that is split into heads, [N, heads, hd]."""
    return rotate(join_heads(x.unsqueeze(0)), *rope).reshape(x.shape)


class Cosmos3Text(nn.Module):
    input_names, output_names = ["input_ids", "rope_cos", "rope_sin"], ["und_k", "und_v"]

    def __init__(self, model: nn.Module):
        super().__init__()
        self.embed, self.layers = model.embed_tokens, model.layers

    def forward(self, input_ids, rope_cos, rope_sin):
        """ids int64 [S], tables [S, hd] to und_k and und_v [L, S, kv, hd] in the precision of the weights."""
        x, rope = self.embed(input_ids), halves(rope_cos, rope_sin)
        keys, values = [], []
        for index, layer in enumerate(self.layers):
            attn, normed = layer.self_attn, layer.input_layernorm(x)
            key = head_norm(heads(attn.to_k(normed), attn.head_dim), attn.norm_k)
            value = heads(attn.to_v(normed), attn.head_dim)
            extra = attn.k_norm_und_for_gen
            keys.append(rotate_heads(key if extra is None else rms_norm(key, extra), rope))
            values.append(value)
            if index == len(self.layers) - 1:
                break
            x = x + self._attention(attn, normed, rotate_heads(key, rope), value, rope)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        return torch.stack(keys), torch.stack(values)

    def _attention(self, attn, normed, key, value, rope):
        query = rotate_heads(head_norm(heads(attn.to_q(normed), attn.head_dim), attn.norm_q), rope)
        times = attn.num_attention_heads // attn.num_key_value_heads
        key, value = (repeat_heads(t.unsqueeze(0), times) for t in (key, value))
        out = attend_causally(query.unsqueeze(0), key, value, attn.head_dim)
        return attn.to_out(out.reshape(normed.shape[0], -1))
