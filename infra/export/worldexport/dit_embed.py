"""Patch, time and position embeddings of the Cosmos DiT and its control branches.

Source: diffusers models/transformers/transformer_cosmos.py and models/controlnets/controlnet_cosmos.py.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Patchify(nn.Module):
    """[B, C, T, H, W] to tokens [B, T, hw, D], with the weight columns of the kept input channels only.

    Dropping a column is exact where its channel is always zero: the padding mask, and the zeros that pad
    control latents to 128 channels.
    """

    def __init__(self, source: nn.Module, keep: list[int]):
        super().__init__()
        self.patch = tuple(source.patch_size)
        assert self.patch[0] == 1, "a patch of one latent frame is assumed"
        weight = source.proj.weight
        columns = weight.reshape(weight.shape[0], -1, math.prod(self.patch))[:, keep]
        self.weight = nn.Parameter(columns.flatten(1).clone(), requires_grad=False)

    def forward(self, x):
        b, c, t, height, width = x.shape
        _, p_h, p_w = self.patch
        x = x.reshape(b, c, t, height // p_h, p_h, width // p_w, p_w).permute(0, 2, 3, 5, 1, 4, 6)
        return F.linear(x.reshape(b, t, (height // p_h) * (width // p_w), c * p_h * p_w), self.weight)


class TimeEmbedding(nn.Module):
    """timestep [B, T] float32 to `temb` [B, T, 3D] and the normed sinusoid [B, T, D]; `[cos, sin]` order."""

    def __init__(self, source: nn.Module):
        super().__init__()
        half = source.time_proj.num_channels // 2
        exponent = -math.log(10000) * torch.arange(half, dtype=torch.float32) / half
        self.register_buffer("frequencies", torch.exp(exponent))
        self.embedder, self.norm = source.t_embedder, source.norm

    def forward(self, timestep, dtype):
        angle = timestep.unsqueeze(-1) * self.frequencies.float()
        wave = torch.cat((angle.cos(), angle.sin()), dim=-1).to(dtype)
        return self.embedder(wave), self.norm(wave)


class LearnedPosition(nn.Module):
    """`CosmosLearnablePositionalEmbed`: normalised sum of three tables, [1, T, hw, D] for a latent grid."""

    def __init__(self, source: nn.Module):
        super().__init__()
        self.source = source
        self.scale = math.sqrt(1 / source.pos_emb_t.shape[-1])

    def forward(self, x):
        _, _, t, height, width = x.shape
        _, p_h, p_w = self.source.patch_size
        h, w = height // p_h, width // p_w
        table_t, table_h, table_w = self.source.pos_emb_t, self.source.pos_emb_h, self.source.pos_emb_w
        emb = table_t[:t][:, None, None] + table_h[:h][None, :, None] + table_w[:w][None, None]
        emb = emb.float()
        norm = emb.pow(2).sum(-1, keepdim=True).sqrt()
        norm = self.source.eps + norm * self.scale
        return (emb / norm).reshape(1, t, h * w, emb.shape[-1]).to(table_t.dtype)
