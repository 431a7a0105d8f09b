"""depth.onnx and seg.onnx: video [B, 3, T, H, W] in [-1, 1] to the control video of the same shape."""

from pathlib import Path

import torch
from torch import Tensor, nn

from .model import MapModel


class Picture(nn.Module):
    """The graph: frames in, control frames out."""

    def __init__(self, model: MapModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, video: Tensor) -> Tensor:
        return self.model.picture(video)


@torch.no_grad()
def write(root: Path, kind: str, folder: Path) -> None:
    """Exports the trained network of a kind."""
    from ..export.graphs import OPSET, VIDEO, halve
    model = MapModel(kind)
    model.load_state_dict(torch.load(root / f"{kind}.pt")["model"])
    path = folder / f"{kind}.onnx"
    torch.onnx.export(Picture(model.eval()), (torch.rand(1, 3, 5, 192, 320),), str(path), input_names=["video"], output_names=["control"],
                      dynamic_axes={"video": VIDEO, "control": VIDEO}, opset_version=OPSET, dynamo=False)
    halve(path)
