"""The reference for several controls at once: diffusers' Transfer2.5 loop with a control network that sums branches.

diffusers has one ControlNet a pipeline, so this stands in its place: each branch is diffusers' own `CosmosControlNetModel`,
and their hints are summed with weights as NVIDIA's network does (`minimal_v4_lvg_dit_control_vace.py`: sum of hint times
weight map). Weight maps come from NVIDIA's own `resize_control_weight`, taken from a checkout at run time and executed
unchanged; there a plain weight is used as it is, and only maps (when any control has a mask) are scaled to a sum of at most 1.
"""

import ast
import types
from pathlib import Path

import torch
import torch.nn as nn
from torch import Tensor

MODEL_FILE = "cosmos_transfer2/_src/transfer2/models/vid2vid_model_control_vace_rectified_flow.py"


def nvidia_resize(checkout: Path):
    """NVIDIA's method `resize_control_weight`, compiled from the checkout without importing the package."""
    source = (checkout / MODEL_FILE).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == "resize_control_weight":
            scope = {"torch": torch, "Tensor": Tensor}
            exec(compile(ast.Module([node], []), MODEL_FILE, "exec"), scope)
            return scope["resize_control_weight"]
    raise SystemExit(f"{checkout}: resize_control_weight is not in {MODEL_FILE}")


def weight_maps(checkout: Path, weights: list[float], masks: list[Tensor | None], latent: Tensor) -> list:
    """Weights as NVIDIA's model hands them to its network: numbers, or maps [B, T, H, W, 1] on the token grid.

    `masks`: [1, 1, F, Hp, Wp] in [0, 1] or None. `latent` [1, C, T, H, W] gives the grid.
    """
    if all(mask is None for mask in masks):
        return list(weights)
    like = next(mask for mask in masks if mask is not None)
    maps = [w * (torch.ones_like(like) if mask is None else mask) for w, mask in zip(weights, masks)]
    model = types.SimpleNamespace(
        tokenizer=types.SimpleNamespace(temporal_compression_factor=4), net=types.SimpleNamespace(patch_spatial=2)
    )
    return list(nvidia_resize(checkout)(model, torch.stack(maps), latent))


class MultiControl(nn.Module):
    """Takes the place of `pipe.controlnet`. `others`: latents of the controls after the first, [1, C, T, H, W] each."""

    def __init__(self, nets: list[nn.Module], others: list[Tensor], weights: list):
        super().__init__()
        self.nets, self.others, self.weights = nn.ModuleList(nets), others, weights

    @property
    def device(self) -> torch.device:
        """Asked for by diffusers, which takes the device of the pipeline from its modules."""
        return next(self.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype

    def forward(self, controls_latents, conditioning_scale=1.0, return_dict=False, **kwargs):
        total = None
        for net, latents, weight in zip(self.nets, [controls_latents, *self.others], self.weights):
            hints = net(controls_latents=latents, conditioning_scale=1.0, return_dict=False, **kwargs)[0]
            scaled = [hint * (weight.flatten(1, 3) if isinstance(weight, Tensor) else weight) for hint in hints]
            total = scaled if total is None else [a + b for a, b in zip(total, scaled)]
        return (total,)
