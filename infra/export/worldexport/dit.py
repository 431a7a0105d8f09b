"""The `transformer` graph of Predict1, Predict2, Predict2.5 and Transfer2.5 (GRAPHS.md, "Transformers").

Source: diffusers models/transformers/transformer_cosmos.py, `CosmosTransformer3DModel.forward`.
"""

import torch
import torch.nn as nn

from .attention import halves
from .control_branch import ControlBranch
from .dit_block import Block, Modulation
from .dit_embed import LearnedPosition, Patchify, TimeEmbedding


def zero_image_context(model: nn.Module) -> torch.Tensor | None:
    """The projected image token of Transfer2.5, whose pipeline feeds zeros; [D_img] or None."""
    if not model.config.img_context_dim_in:
        return None
    return model.img_context_proj(model.img_context_proj[0].weight.new_zeros(model.config.img_context_dim_in))


class Dit(nn.Module):
    def __init__(self, model: nn.Module, controlnets: dict[str, nn.Module] | None = None, separate_text: bool = False):
        """`controlnets`: branches by control name, in order. `separate_text`: each reads its own projected text."""
        super().__init__()
        config = model.config
        self.out_channels, self.patch = config.out_channels, tuple(config.patch_size)
        self.has_mask = config.in_channels == config.out_channels + 1
        self.patchify = Patchify(model.patch_embed, list(range(config.in_channels)))
        self.time = TimeEmbedding(model.time_embed)
        self.position = LearnedPosition(model.learnable_pos_embed) if model.learnable_pos_embed is not None else None
        context = zero_image_context(model)
        self.blocks = nn.ModuleList(Block(block, context) for block in model.transformer_blocks)
        self.norm_out, self.proj_out = Modulation(model.norm_out, 2), model.proj_out
        self.every = config.controlnet_block_every_n
        controlnets = controlnets or {}
        self.controls = nn.ModuleList(ControlBranch(net, config.out_channels) for net in controlnets.values())
        self.text_names = [f"control_hidden_states_{name}" for name in controlnets]
        self.separate_text = separate_text

    def input_names(self) -> list[str]:
        names = ["hidden_states", "timestep", "encoder_hidden_states"]
        names += ["condition_mask"] if self.has_mask else []
        names += ["rope_cos", "rope_sin"]
        if len(self.controls):
            names += ["control_latents", "control_weights"]
        if self.separate_text:
            names += self.text_names
        return names

    def forward(self, *inputs):
        given = dict(zip(self.input_names(), inputs, strict=True))
        dtype = self.patchify.weight.dtype
        latents = given["hidden_states"].to(dtype)
        mask = given["condition_mask"].to(dtype) if self.has_mask else None
        masked = torch.cat([latents, mask], dim=1) if self.has_mask else latents
        rope = halves(given["rope_cos"], given["rope_sin"])
        text = given["encoder_hidden_states"].to(dtype)
        hints = self._hints(given, masked, mask, rope, text)
        temb = self.time(given["timestep"], dtype)
        position = self.position(masked) if self.position is not None else None
        x = self.patchify(masked)
        for index, block in enumerate(self.blocks):
            x = block(x, text, temb[1], temb[0], rope, position)
            if index in hints:
                x = x + hints[index]
        x, _ = self.norm_out(x, temb[1], temb[0])
        return self._unpatchify(self.proj_out(x), given["hidden_states"].shape).float()

    def _hints(self, given, masked, mask, rope, text):
        """Residuals by block index: the weighted sum over branches of each branch's projected states."""
        total = {}
        for i, branch in enumerate(self.controls):
            own = given[self.text_names[i]].to(text.dtype) if self.separate_text else text
            control = given["control_latents"][i : i + 1].to(text.dtype)
            weight = given["control_weights"][i].to(text.dtype)
            hints = branch(control, masked, mask, given["timestep"], own, rope, weight)
            for j, hint in enumerate(hints):
                index = j * self.every
                total[index] = total[index] + hint if index in total else hint
        return total

    def _unpatchify(self, x, shape):
        """Tokens [B, T, hw, p*p*C] to [B, C, T, H, W]; the channel is last in a patch, unlike in patchify."""
        b, _, t, height, width = shape
        _, p_h, p_w = self.patch
        x = x.reshape(b, t, height // p_h, width // p_w, p_h, p_w, self.out_channels)
        return x.permute(0, 6, 1, 2, 4, 3, 5).reshape(b, self.out_channels, t, height, width)
