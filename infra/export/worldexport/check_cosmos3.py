"""Largest differences between recorded calls of `Cosmos3OmniTransformer` and the two exported graphs."""

import numpy as np
import torch
import torch.nn.functional as F

from .sessions import Graphs, difference


def tables(model, position_ids) -> tuple[np.ndarray, np.ndarray]:
    """RoPE tables [N, hd] for ids [3, N], from diffusers' own module."""
    cos, sin = model.rotary_emb(position_ids=position_ids.unsqueeze(1), device="cpu", dtype=torch.float32)
    return cos.squeeze(0).numpy(), sin.squeeze(0).numpy()


def even(latents: torch.Tensor) -> torch.Tensor:
    """Zero padding of [1, C, T, H, W] to an even number of rows and columns."""
    return F.pad(latents, (0, latents.shape[-1] % 2, 0, latents.shape[-2] % 2))


def run_call(graphs: Graphs, model, kwargs: dict) -> np.ndarray:
    """The velocity [1, C, T, H, W] of one recorded call, computed by the graphs."""
    split = kwargs["und_len"]
    cos, sin = tables(model, kwargs["position_ids"])
    und = graphs.run("text_encoder", input_ids=kwargs["input_ids"].numpy(), rope_cos=cos[:split], rope_sin=sin[:split])
    items = kwargs["vision_tokens"]
    mask = np.zeros((len(items), items[0].shape[2]), np.float32)
    for row, frames in enumerate(kwargs["vision_noisy_frame_indexes"]):
        mask[row, frames.numpy()] = 1
    height, width = items[0].shape[-2:]
    got = graphs.run(
        "transformer",
        hidden_states=torch.cat([even(item) for item in items]).numpy(),
        timestep=kwargs["vision_timesteps"][:1].float().numpy(),
        noisy_mask=mask,
        rope_cos=cos[split:],
        rope_sin=sin[split:],
        **und,
    )["velocity"]
    return got[..., :height, :width] * mask[-1][:, None, None]


@torch.no_grad()
def check_calls(graphs: Graphs, model, calls) -> float:
    """diffusers leaves zeros on clean frames, so those are compared as zeros."""
    return max(difference(output[-1], run_call(graphs, model, kwargs)) for kwargs, output in calls)
