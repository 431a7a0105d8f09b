"""One control branch (edge, depth, blur or seg) of Transfer2.5, fused into the `transformer` graph.

Source: diffusers models/controlnets/controlnet_cosmos.py, `CosmosControlNetModel.forward`; the per-token weight follows
nvidia-cosmos/cosmos-transfer2.5 `minimal_v4_lvg_dit_control_vace.py` (each branch's hints times its weight map, summed).
"""

import torch
import torch.nn as nn

from .dit_block import Block
from .dit_embed import LearnedPosition, Patchify, TimeEmbedding


class ControlBranch(nn.Module):
    def __init__(self, net: nn.Module, channels: int):
        """`channels`: latent channels of a control video (16)."""
        super().__init__()
        config = net.config
        context = None
        if config.img_context_dim_in:
            context = net.img_context_proj(net.img_context_proj[0].weight.new_zeros(config.img_context_dim_in))
        mask_channel = config.in_channels - 2
        self.patchify = Patchify(net.patch_embed, [*range(channels), mask_channel])
        self.patchify_base = Patchify(net.patch_embed_base, list(range(config.latent_channels - 1)))
        self.time = TimeEmbedding(net.time_embed)
        self.position = LearnedPosition(net.learnable_pos_embed) if net.learnable_pos_embed is not None else None
        self.blocks = nn.ModuleList(Block(block, context) for block in net.control_blocks)

    def forward(self, control, masked, mask, timestep, text, rope, weight):
        """control [1, C, T, H, W], masked [B, C+1, T, H, W], mask [B, 1, T, H, W], weight [N]: hints [B, T, hw, D]."""
        control = torch.cat([control.expand(mask.shape[0], -1, -1, -1, -1), mask], dim=1)
        x, base = self.patchify(control), self.patchify_base(masked)
        temb = self.time(timestep, x.dtype)
        position = self.position(control) if self.position is not None else None
        scale = weight.reshape(1, x.shape[1], x.shape[2], 1)
        hints = []
        for block in self.blocks:
            if block.before_proj is not None:
                x = block.before_proj(x) + base
            x = block(x, text, temb[1], temb[0], rope, position)
            hints.append(block.after_proj(x) * scale)
        return hints
