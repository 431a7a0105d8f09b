"""`text_encoder` of Predict2.5 and Transfer2.5: the Qwen2.5-VL text stack with `crossattn_proj` folded in.

diffusers standardises every layer's states over channels, concatenates them (28 * 3584 = 100352 channels) and lets the
transformer project to 1024 each step; here the projection happens once, so a prompt is 2 MB instead of 205 MB.
Source: diffusers pipelines/cosmos/pipeline_cosmos2_5_predict.py `_get_prompt_embeds` (no attention mask: padding is attended);
transformers models/qwen2_5_vl/modeling_qwen2_5_vl.py (for text the three mRoPE axes are equal, hence plain RoPE).
"""

import torch
import torch.nn as nn

from .attention import attend_causally, join_heads, rotate, split_heads


def standardise(x: torch.Tensor) -> torch.Tensor:
    """Zero mean and unit (unbiased) deviation over channels, with diffusers' 1e-8."""
    x = x.float()
    centred = x - x.mean(-1, keepdim=True)
    std = (centred.pow(2).sum(-1, keepdim=True) / (x.shape[-1] - 1)).sqrt()
    return centred / (std + 1e-8)


def project(x: torch.Tensor, projection: nn.Sequential | None) -> torch.Tensor:
    return x if projection is None else projection(x.to(projection[0].weight.dtype)).float()


class Reason1Text(nn.Module):
    input_names = ["input_ids"]

    def __init__(self, model: nn.Module, projections: list[nn.Module | None]):
        """`projections`: the transformer's `crossattn_proj`, then those of control branches that differ from it."""
        super().__init__()
        self.stack = model.model.language_model
        config = self.stack.config
        self.heads, self.kv_heads = config.num_attention_heads, config.num_key_value_heads
        self.register_buffer("inv_freq", self.stack.rotary_emb.inv_freq.float().clone())
        self.projections = nn.ModuleList(p if p is not None else nn.Identity() for p in projections)

    def forward(self, input_ids):
        """int64 [B, S] to float32 [B, S, D], one output a projection."""
        x = self.stack.embed_tokens(input_ids)
        positions = torch.arange(input_ids.shape[1]).float()
        angle = torch.outer(positions, self.inv_freq.float())
        rope = (angle.cos(), angle.sin())
        states = []
        for layer in self.stack.layers:
            x = x + self._attention(layer.self_attn, layer.input_layernorm(x), rope)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
            states.append(x)
        states[-1] = self.stack.norm(x)
        joined = torch.cat([standardise(state) for state in states], dim=-1)
        identity = nn.Identity
        return tuple(project(joined, None if isinstance(p, identity) else p) for p in self.projections)

    def _attention(self, attn, x, rope):
        query = split_heads(rotate(attn.q_proj(x), *rope), self.heads)
        key = split_heads(rotate(attn.k_proj(x), *rope), self.kv_heads)
        value = split_heads(attn.v_proj(x), self.kv_heads)
        key, value = (repeat_heads(t, self.heads // self.kv_heads) for t in (key, value))
        return attn.o_proj(join_heads(attend_causally(query, key, value, attn.head_dim)))


def repeat_heads(x: torch.Tensor, times: int) -> torch.Tensor:
    """[B, S, kv, hd] to [B, S, kv*times, hd], each head `times` in a row (grouped-query attention)."""
    b, s, kv, hd = x.shape
    return x.unsqueeze(3).expand(b, s, kv, times, hd).reshape(b, s, kv * times, hd)
