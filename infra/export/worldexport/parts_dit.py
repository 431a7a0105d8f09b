"""Writes the `transformer` and text encoder graphs of Predict1, Predict2, Predict2.5 and Transfer2.5."""

import torch

from .dit import Dit
from .text_reason1 import Reason1Text
from .text_t5 import T5Text
from .writer import ProfileWriter

LATENT = {0: "B", 2: "T", 3: "H", 4: "W"}
STATES = {0: "B", 1: "S"}
AXES = {
    "hidden_states": LATENT,
    "timestep": {0: "B", 1: "T"},
    "encoder_hidden_states": STATES,
    "condition_mask": LATENT,
    "rope_cos": {0: "N"},
    "rope_sin": {0: "N"},
    "control_latents": {2: "T", 3: "H", 4: "W"},
    "control_weights": {1: "N"},
    "sample": LATENT,
}


def example_inputs(dit: Dit, config, branches: int) -> tuple:
    """Small inputs with no two axes alike, so that a mixed-up axis cannot trace: B 1, T 3, H 4, W 6, S 5."""
    channels, tokens = config.out_channels, 3 * 2 * 3
    text = torch.randn(1, 5, config.text_embed_dim)
    rope = torch.randn(tokens, config.attention_head_dim)
    known = {
        "hidden_states": torch.randn(1, config.in_channels - int(dit.has_mask), 3, 4, 6),
        "timestep": torch.rand(1, 3),
        "encoder_hidden_states": text,
        "condition_mask": torch.zeros(1, 1, 3, 4, 6),
        "rope_cos": rope,
        "rope_sin": rope,
        "control_latents": torch.randn(branches, channels, 3, 4, 6),
        "control_weights": torch.ones(branches, tokens),
    }
    return tuple(known.get(name, text) for name in dit.input_names())


def write_transformer(writer: ProfileWriter, model, controlnets=None, separate_text=False, name="transformer") -> str:
    """`controlnets`: control branches to fuse, by control name."""
    dit = Dit(model, controlnets, separate_text)
    names = dit.input_names()
    axes = {n: AXES.get(n, STATES) for n in [*names, "sample"]}
    inputs = example_inputs(dit, model.config, len(dit.controls))
    return writer.graph(name, dit, inputs, (names, ["sample"]), axes)


def write_t5(writer: ProfileWriter, model) -> str:
    text = T5Text(model)
    ids = torch.ones(1, 7, dtype=torch.int64)
    names = (text.input_names, ["encoder_hidden_states"])
    axes = {n: STATES for n in [*names[0], *names[1]]}
    return writer.graph("text_encoder", text, (ids, ids), names, axes)


def same_projection(first, second) -> bool:
    pairs = zip(first.state_dict().values(), second.state_dict().values())
    return all(torch.equal(a, b) for a, b in pairs)


def write_reason1(writer: ProfileWriter, model, transformer, controlnets=None) -> tuple[str, bool]:
    """The graph's file, and whether control branches need their own text (their projection differs)."""
    main = getattr(transformer, "crossattn_proj", None)
    controlnets = controlnets or {}
    own = [net.crossattn_proj for net in controlnets.values()]
    separate = any(p is not None and not same_projection(main, p) for p in own)
    text = Reason1Text(model, [main, *own] if separate else [main])
    outputs = ["encoder_hidden_states"] + [f"control_hidden_states_{name}" for name in controlnets if separate]
    ids = torch.ones(1, 7, dtype=torch.int64)
    axes = {n: STATES for n in [*text.input_names, *outputs]}
    return writer.graph("text_encoder", text, (ids,), (text.input_names, outputs), axes), separate
