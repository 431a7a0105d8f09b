"""Largest differences between recorded calls of `CosmosTransformer3DModel` and the exported transformer graph."""

import numpy as np
import torch

from .sessions import Graphs, difference


def graph_inputs(model, kwargs: dict) -> dict[str, np.ndarray]:
    """The inputs of the graph for one call that diffusers made; RoPE tables come from diffusers' own module."""
    hidden = kwargs["hidden_states"]
    batch, _, frames = hidden.shape[:3]
    timestep = kwargs["timestep"].float()
    timestep = timestep.flatten(1) if timestep.ndim == 5 else timestep[:, None].expand(batch, frames)
    text = kwargs["encoder_hidden_states"]
    text = text[0] if isinstance(text, tuple) else text
    if model.config.use_crossattn_projection:
        text = model.crossattn_proj(text)
    cos, sin = model.rope(hidden, fps=kwargs.get("fps"))
    inputs = {
        "hidden_states": hidden,
        "timestep": timestep,
        "encoder_hidden_states": text,
        "rope_cos": cos,
        "rope_sin": sin,
    }
    if kwargs.get("condition_mask") is not None:
        inputs["condition_mask"] = kwargs["condition_mask"]
    return {name: value.detach().float().numpy() for name, value in inputs.items()}


@torch.no_grad()
def check_calls(graphs: Graphs, model, calls) -> float:
    return max(
        difference(output, graphs.run("transformer", **graph_inputs(model, kwargs))["sample"])
        for kwargs, output in calls
    )
