"""Writes the four graphs of the model (opset 18, float32 in and out, weights kept as float16)."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from ..autoencoder.model import Autoencoder, decode_video, encode_video
from ..denoiser.model import CONTROLS, Denoiser
from ..text.model import TextEncoder

OPSET = 18
CLIP = {0: "batch", 1: "latent_frames", 3: "h", 4: "w"}
VIDEO = {0: "batch", 2: "frames", 3: "height", 4: "width"}
BATCH = {0: "batch"}


class Encode(nn.Module):
    """video -> latents."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, video: Tensor) -> Tensor:
        return encode_video(self.model, video)


class Decode(nn.Module):
    """latents -> video."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, latents: Tensor) -> Tensor:
        return decode_video(self.model, latents)


def _write(model: nn.Module, args: tuple, path: Path, inputs: dict[str, dict], outputs: dict[str, dict]) -> None:
    torch.onnx.export(model.eval(), args, str(path), input_names=list(inputs), output_names=list(outputs), dynamic_axes={**inputs, **outputs},
                      opset_version=OPSET, dynamo=False, do_constant_folding=True)
    halve(path)


def halve(path: Path, least: int = 2048) -> None:
    """Stores large float32 weights as float16 with a Cast behind each; the runtime folds the casts when it loads the graph."""
    model = onnx.load(str(path))
    graph = model.graph
    casts = []
    for k, init in enumerate(list(graph.initializer)):
        w = numpy_helper.to_array(init)
        if w.dtype == np.float32 and w.size >= least:
            half = numpy_helper.from_array(w.astype(np.float16), init.name + "_half")
            graph.initializer.remove(init)
            graph.initializer.append(half)
            casts.append(helper.make_node("Cast", [half.name], [init.name], to=TensorProto.FLOAT, name=f"widen_{k}"))
    for n in reversed(casts):
        graph.node.insert(0, n)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def transformer_inputs(batch: int, frames: int, channels: int, h: int, w: int, seed: int = 0) -> dict[str, Tensor]:
    """Random inputs of the denoiser graph, the first latent frame given."""
    g = torch.Generator().manual_seed(seed)
    mask = torch.zeros(batch, frames, 1, h, w)
    mask[:, :1] = 1

    def n(*s: int) -> Tensor:
        return torch.randn(*s, generator=g)

    return {"hidden_states": n(batch, frames, channels, h, w), "condition_latents": n(batch, frames, channels, h, w), "condition_mask": mask,
            "timestep": torch.rand(batch, generator=g) * .9 + .05, "encoder_hidden_states": torch.rand(batch, 9, 8, generator=g),
            "control_latents": n(batch, CONTROLS, frames, channels, h, w), "control_weight": torch.rand(batch, CONTROLS, generator=g),
            "fps": torch.full((batch,), 24.0)}


@torch.no_grad()
def write(folder: Path, text: TextEncoder, denoiser: Denoiser, vae: Autoencoder) -> None:
    """All four graphs into a folder."""
    _write(text, (torch.tensor([[5, 6, 7, 0], [9, 0, 0, 0]]),), folder / "text_encoder.onnx",
           {"input_ids": {0: "batch", 1: "tokens"}}, {"encoder_hidden_states": BATCH})
    x = transformer_inputs(2, 7, denoiser.channels, 12, 20)
    control = {0: "batch", 2: "latent_frames", 4: "h", 5: "w"}
    _write(denoiser, tuple(x.values()), folder / "transformer.onnx",
           {k: control if k == "control_latents" else CLIP if v.ndim == 5 else BATCH for k, v in x.items()}, {"velocity": CLIP})
    _write(Encode(vae), (torch.rand(1, 3, 25, 192, 320),), folder / "vae_encoder.onnx", {"video": VIDEO}, {"latents": CLIP})
    _write(Decode(vae), (x["hidden_states"],), folder / "vae_decoder.onnx", {"latents": CLIP}, {"video": VIDEO})
