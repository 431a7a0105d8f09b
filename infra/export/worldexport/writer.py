"""Collects the graphs and files of one profile folder: precision, external data, digests."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn as nn

from .graph import write_graph

# T5's feed-forward output overflows float16; transformers keeps it in float32 as well.
KEPT_IN_FP32 = (".wo.weight",)


def to_half(module: nn.Module) -> nn.Module:
    """Parameters to float16. Buffers stay float32: they hold frequencies, which float16 cannot."""
    for name, parameter in module.named_parameters():
        if not name.endswith(KEPT_IN_FP32):
            parameter.data = parameter.data.half()
    return module


@dataclass
class ProfileWriter:
    out: Path
    precision: str = "fp32"
    external: bool = False
    written: list[Path] = field(default_factory=list)

    def graph(self, name: str, module: nn.Module, inputs: tuple, names, axes) -> str:
        """Writes `<name>.onnx` and returns the file name. `inputs` are float32 or int64 example tensors."""
        module = module.float().eval()
        if self.precision == "fp16":
            module = to_half(module)
        path = self.out / f"{name}.onnx"
        with torch.no_grad():
            self.written += write_graph(module, inputs, path, names, axes, self.external)
        return path.name

    def add(self, path: Path) -> None:
        self.written.append(path)

    def files(self) -> list[dict]:
        """`files` of profile.json: path, bytes and sha256 of everything that rendering reads."""
        return [describe(self.out, path) for path in sorted(set(self.written))]


def describe(root: Path, path: Path) -> dict:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return {"path": str(path.relative_to(root)), "bytes": path.stat().st_size, "sha256": digest.hexdigest()}
