"""Writes the two Cosmos3 graphs: `text_encoder` (once a prompt) and `transformer` (once a pass)."""

import torch

from .cosmos3_gen import Cosmos3Gen
from .cosmos3_text import Cosmos3Text
from .writer import ProfileWriter


def write_cosmos3(writer: ProfileWriter, model) -> dict:
    """Components by name. Example sizes: S 5, M 2, T 3, H 4, W 6."""
    config = model.config
    text, gen = Cosmos3Text(model), Cosmos3Gen(model)
    table = torch.randn(5, config.head_dim)
    und = torch.randn(config.num_hidden_layers, 5, config.num_key_value_heads, config.head_dim)
    names = (text.input_names, text.output_names)
    axes = {"input_ids": {0: "S"}, "rope_cos": {0: "S"}, "rope_sin": {0: "S"}, "und_k": {1: "S"}, "und_v": {1: "S"}}
    inputs = (torch.arange(5), table, table)
    text_file = writer.graph("text_encoder", text, inputs, names, axes)
    if writer.precision == "fp16":
        und = und.half()
    video = {0: "M", 2: "T", 3: "H", 4: "W"}
    axes |= {"hidden_states": video, "noisy_mask": {0: "M", 1: "T"}, "rope_cos": {0: "N"}, "rope_sin": {0: "N"}}
    axes |= {"velocity": {2: "T", 3: "H", 4: "W"}}
    rope = torch.randn(2 * 3 * 2 * 3, config.head_dim)
    inputs = (
        torch.randn(2, config.latent_channel, 3, 4, 6),
        torch.tensor([500.0]),
        torch.ones(2, 3),
        rope,
        rope,
        und,
        und,
    )
    gen_axes = {name: axes[name] for name in [*gen.input_names, "velocity"] if name in axes}
    gen_file = writer.graph("transformer", gen, inputs, (gen.input_names, ["velocity"]), gen_axes)
    return {
        "text_encoder": {"file": text_file, "type": "cosmos3"},
        "transformer": {"file": gen_file, "patch": config.latent_patch_size},
    }


def mrope(model, temporal: int) -> dict:
    """`pipeline.rope` of Cosmos3."""
    config = model.config
    return {
        "type": "mrope",
        "head_dim": config.head_dim,
        "theta": config.rope_theta,
        "section": list(config.rope_axes_dim),
        "margin": config.unified_3d_mrope_temporal_modality_margin,
        "base_fps": config.base_fps,
        "fps_modulation": config.enable_fps_modulation,
        "reset_spatial": config.unified_3d_mrope_reset_spatial_ids,
        "temporal": temporal,
        "patch": [1, config.latent_patch_size, config.latent_patch_size],
    }
