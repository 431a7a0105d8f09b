"""`export.py --parity`: goldens of an exported checkpoint, one a mode, and the differences of its graphs."""

from pathlib import Path

import torch

from cases import cosmos3, cosmos3_transfer, predict1, predict25, transfer25
from cases.shapes import Shape
from cases.transfer25_specs import Spec
from worldexport.sessions import Graphs


def _predict1(pipe, graphs, out: Path, shape: Shape, _nets) -> dict:
    kinds = ("text",) if "TextToWorld" in type(pipe).__name__ else ("image", "video")
    return {kind: predict1.record_case(pipe, graphs, out, kind, shape, 0) for kind in kinds}


def _predict25(pipe, graphs, out: Path, shape: Shape, _nets) -> dict:
    return {kind: predict25.record_case(pipe, graphs, out, kind, shape, 0) for kind in ("text", "image", "video")}


def _transfer25(pipe, graphs, out: Path, shape: Shape, nets) -> dict:
    nets = nets or {graphs.profile["controls"][0]: pipe.controlnet}
    specs = [Spec(name, {name: 1.0}) for name in nets]
    return {s.name: transfer25.record_case(pipe, nets, None, graphs, out, s, shape, 0) for s in specs}


def _cosmos3(pipe, graphs, out: Path, shape: Shape, _nets) -> dict:
    kinds = ("text", "image", "video", "still")
    worst = {kind: cosmos3.record_case(pipe, graphs, out, kind, shape, 0) for kind in kinds}
    if type(pipe).__name__ == "Cosmos3OmniModularPipeline":
        edge = cosmos3_transfer.Spec("edge", ("edge",))
        worst["transfer"] = cosmos3_transfer.record_case(pipe, graphs, out, edge, shape, 0)
    return worst


PARITY = {
    "CosmosTextToWorldPipeline": _predict1,
    "CosmosVideoToWorldPipeline": _predict1,
    "Cosmos2VideoToWorldPipeline": _predict1,
    "Cosmos2_5_PredictBasePipeline": _predict25,
    "Cosmos2_5_TransferPipeline": _transfer25,
    "Cosmos3OmniPipeline": _cosmos3,
    "Cosmos3OmniModularPipeline": _cosmos3,
    "Cosmos3DistilledModularPipeline": _cosmos3,
}


@torch.no_grad()
def record_parity(pipe, out: Path, size: tuple[int, int, int], nets: dict) -> dict[str, dict[str, float]]:
    """`size`: width, height, frames. Largest difference of each graph by mode; goldens go to `out/golden`."""
    name = type(pipe).__name__
    if name not in PARITY:
        raise SystemExit(f"{name}: no goldens for this pipeline class; known: {', '.join(PARITY)}")
    return PARITY[name](pipe, Graphs(out), out, Shape("p", *size), nets)
